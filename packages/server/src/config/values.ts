import { BlockList, isIP } from 'node:net';
import { z } from 'zod';

/*
 * How the value of a setting is read. The environment gives text; the file gives text, lists and maps
 * (its scalars stay text too, so that `passphrase: 0123` keeps its zero). A failed parse is answered with
 * the setting's own sentence, so none of these needs messages of its own, and none can echo a value.
 */

/** Text of min to max characters on one line. */
export function text(min: number, max: number, pattern = /^[^\0\r\n]*$/u): z.ZodType<string> {
  return z.string().min(min).max(max).regex(pattern);
}

/** Text that takes min to max bytes in UTF-8. */
export function byteText(min: number, max: number): z.ZodType<string> {
  return text(1, max).refine((value) => {
    const bytes = Buffer.byteLength(value);
    return bytes >= min && bytes <= max;
  });
}

export function wholeNumber(min: number, max: number): z.ZodType<number> {
  return z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .pipe(z.int().min(min).max(max));
}

const UNITS: Record<string, number> = { '': 1, b: 1, kib: 1024, mib: 1024 ** 2, gib: 1024 ** 3 };

/** A number of bytes: `65536`, `64KiB`, `1 MiB`. */
export function bytes(min: number, max: number): z.ZodType<number> {
  return z
    .string()
    .regex(/^\d{1,15} ?(?:B|KiB|MiB|GiB)?$/i)
    .transform(
      (value) => Number.parseInt(value, 10) * (UNITS[value.replace(/[\d ]/g, '').toLowerCase()] ?? 1),
    )
    .pipe(z.int().min(min).max(max));
}

export function choice<const T extends readonly [string, ...string[]]>(...names: T): z.ZodType<T[number]> {
  return z.enum(names);
}

export function onOff(): z.ZodType<boolean> {
  return z.enum(['on', 'off', 'true', 'false']).transform((value) => value === 'on' || value === 'true');
}

/** A list in the file, or text with commas or spaces between the entries. Empty text is the empty list. */
export function list(entry: z.ZodType<string>): z.ZodType<readonly string[]> {
  return z.preprocess(
    (value) => (typeof value === 'string' ? value.split(/[\s,]+/).filter((part) => part !== '') : value),
    z.array(entry).max(256).readonly(),
  );
}

const HOST_NAME = /^(?!-)[a-z0-9-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9-]{1,63}(?<!-))*$/i;

/** An address or a host name, without scheme or port. IPv6 may stand in brackets, which are taken off. */
export function hostName(): z.ZodType<string> {
  return text(1, 253)
    .transform((value) => value.replace(/^\[(.+)\]$/, '$1'))
    .refine((value) => isIP(value) !== 0 || HOST_NAME.test(value));
}

/** A web origin such as `https://app.example.org`; never `*`. */
export function origin(): z.ZodType<string> {
  return text(1, 512)
    .refine((value) => {
      const url = URL.parse(value);
      if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return false;
      return url.href === `${url.origin}/`;
    })
    .transform((value) => new URL(value).origin);
}

/** An SMTP server: `smtp://` (STARTTLS where offered) or `smtps://`, with a host. */
export function smtpUrl(): z.ZodType<string> {
  return text(1, 2048).refine((value) => {
    const url = URL.parse(value);
    return url !== null && /^smtps?:$/.test(url.protocol) && url.hostname !== '';
  });
}

/** An HTTP address that may have a path and a query, and no credentials: those would show where addresses are shown. */
export function webAddress(): z.ZodType<string> {
  return text(1, 2048).refine((value) => {
    const url = URL.parse(value);
    return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
  });
}

const STREAM_FORMATS = [null, 'native', 'ocsf', 'ecs'];

/** Where events are sent: syslog over UDP, TCP or TLS, HTTP, or a file with an absolute path. */
export function streamAddress(): z.ZodType<string> {
  return text(1, 2048).refine((value) => {
    const url = URL.parse(value);
    if (url === null || url.username !== '' || url.password !== '') return false;
    if (!STREAM_FORMATS.includes(url.searchParams.get('format'))) return false;
    if (url.protocol === 'file:') return url.hostname === '' && url.pathname.length > 1;
    return /^(?:https?|syslog\+(?:udp|tcp|tls)):$/.test(url.protocol) && url.hostname !== '';
  });
}

/** Ranges that reverse proxies know by name, besides addresses and CIDR ranges. */
const NAMED_RANGES = new Set(['loopback', 'linklocal', 'uniquelocal']);

/** An address or CIDR range; the whole address space is refused, since it would let anybody forge an address. */
export function addressRange(): z.ZodType<string> {
  return text(1, 64).refine((value) => {
    if (NAMED_RANGES.has(value)) return true;
    const [address = '', prefix, ...rest] = value.split('/');
    const family = isIP(address);
    if (family === 0 || rest.length > 0) return false;
    if (prefix === undefined) return true;
    if (!/^\d{1,3}$/.test(prefix)) return false;
    return Number(prefix) >= 1 && Number(prefix) <= (family === 4 ? 32 : 128);
  });
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Whether only this machine can reach a server that listens on `host`. Unknown names count as reachable. */
export function isLoopback(host: string): boolean {
  const family = isIP(host);
  if (family === 0) return /^(?:.+\.)?localhost$/i.test(host);
  return loopback.check(host, family === 4 ? 'ipv4' : 'ipv6');
}
