import { isIP, SocketAddress } from 'node:net';

/*
 * The names that a client certificate gives its holder: the subjectAltName entries (RFC 5280 §4.2.1.6), as
 * `DNS:agent.example.org`, `URI:spiffe://example.org/agent`, `email:agent@example.org` or `IP:10.0.0.5`.
 */

const LONGEST = 512;
const MOST_NAMES = 64;
const HOST = /^(?:(?!-)[a-z0-9_-]{1,63}(?<!-)\.)*(?!-)[a-z0-9_-]{1,63}(?<!-)$/;
const URI = /^[a-z][a-z0-9+.-]*:[!#-&(-+\--[\]^-~]+$/i;
const LOCAL_PART = /^[!#-&*+\--9=?A-Z^-~]{1,64}$/;
/** Node writes `type:value`, entries parted by `, `; a value that holds a comma or a quote is a JSON string. */
const ENTRY = /([A-Za-z0-9][A-Za-z0-9 ]*):("(?:[^"\\]|\\.)*"|[^",'\\]*)(?:, (?=.)|$)/y;

const READ: Readonly<Record<string, (value: string) => string | undefined>> = {
  DNS: (value) => matching(HOST, value.toLowerCase()),
  URI: (value) => matching(URI, value),
  email(value) {
    const at = value.lastIndexOf('@');
    const domain = matching(HOST, value.slice(at + 1).toLowerCase());
    const local = value.slice(0, Math.max(at, 0));
    return domain !== undefined && LOCAL_PART.test(local) ? `${local}@${domain}` : undefined;
  },
  IP(value) {
    const family = isIP(value);
    if (family === 0 || value.includes('%')) return undefined;
    return new SocketAddress({ address: value, family: family === 4 ? 'ipv4' : 'ipv6' }).address;
  },
};

const matching = (pattern: RegExp, value: string) =>
  value.length <= LONGEST && pattern.test(value) ? value : undefined;

/**
 * One name in the form in which names are compared: two spellings of one host or address become one, the path of a
 * URI and the local part of a mail address stay as they are. Undefined when it is not the name of one client.
 */
export function certificateName(name: string): string | undefined {
  const colon = name.indexOf(':');
  const kind = name.slice(0, Math.max(colon, 0));
  const value = Object.hasOwn(READ, kind) ? READ[kind]!(name.slice(colon + 1)) : undefined;
  return value === undefined ? undefined : `${kind}:${value}`;
}

/**
 * Reads `X509Certificate.subjectAltName`. A value that Node had to quote could read as several names (CVE-2021-44532),
 * so a certificate that holds one, or a name that is none, is not believed at all. Wildcards name no client and are
 * left out, as are kinds of names that are not known here.
 * @returns undefined when the certificate must be refused
 */
export function certificateNames(subjectAltName: string | undefined): string[] | undefined {
  if (subjectAltName === undefined || subjectAltName === '') return [];
  const names = new Set<string>();
  ENTRY.lastIndex = 0;
  while (ENTRY.lastIndex < subjectAltName.length) {
    const [, type, value] = ENTRY.exec(subjectAltName) ?? [];
    if (type === undefined || value === undefined) return undefined;
    const kind = type === 'IP Address' ? 'IP' : type;
    if (!Object.hasOwn(READ, kind) || (kind === 'DNS' && value.startsWith('*.'))) continue;
    const name = certificateName(`${kind}:${value}`);
    if (name === undefined || names.size === MOST_NAMES) return undefined;
    names.add(name);
  }
  return [...names];
}
