import { generateKeyPairSync, type KeyObject, sign, X509Certificate } from 'node:crypto';

/*
 * X.509 certificates (RFC 5280) for tests: Node reads certificates but makes none. Only as much DER as they need.
 */

type Bytes = Uint8Array;

function der(tag: number, ...content: Bytes[]): Buffer {
  const body = Buffer.concat(content);
  const size = body.length < 256 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...(body.length < 128 ? [body.length] : size)]), body]);
}
const sequence = (...content: Bytes[]) => der(0x30, ...content);
const octets = (...content: Bytes[]) => der(0x04, ...content);
const bits = (content: Bytes) => der(0x03, Buffer.of(0), content);
const text = (tag: number, value: string) => der(tag, Buffer.from(value, 'latin1'));
/** First byte below 0x80, so that it stays positive. */
const serialNumber = () => Buffer.concat([Buffer.of(0x40), crypto.getRandomValues(Buffer.alloc(15))]);

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const base128 = (value: number): number[] =>
    value < 128 ? [value] : [...base128(value >> 7).map((byte) => byte | 0x80), value & 0x7f];
  return der(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

const commonName = (name: string) => sequence(der(0x31, sequence(oid('2.5.4.3'), text(0x0c, name))));

/** UTCTime until 2049, GeneralizedTime after. */
function time(at: number): Buffer {
  const digits = `${new Date(at).toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
  return at < Date.UTC(2050, 0) ? text(0x17, digits.slice(2)) : text(0x18, digits);
}

function extension(id: string, critical: boolean, value: Bytes): Buffer {
  return sequence(oid(id), ...(critical ? [der(0x01, Buffer.of(0xff))] : []), octets(value));
}

/** A GeneralName: `['DNS', 'agent.example.org']`; the text is taken as it is, so that tests can lie in it. */
export type TestName = readonly ['email' | 'DNS' | 'URI' | 'IP' | 'UPN', string];
const NAME_TAGS = { email: 0x81, DNS: 0x82, URI: 0x86 };

function generalName([kind, value]: TestName): Buffer {
  if (kind === 'UPN')
    return der(0xa0, oid('1.3.6.1.4.1.311.20.2.3'), der(0xa0, der(0x0c, Buffer.from(value))));
  if (kind !== 'IP') return text(NAME_TAGS[kind], value);
  if (!value.includes(':')) return der(0x87, Buffer.from(value.split('.').map(Number)));
  const groups = value.split(':').map((group) => Number.parseInt(group, 16));
  return der(0x87, Buffer.from(groups.flatMap((group) => [group >> 8, group & 0xff])));
}

export const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
export const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';

export interface Wanted {
  names?: readonly TestName[];
  commonName?: string;
  /** Whether it may issue others (basicConstraints). */
  ca?: boolean;
  /** What it says its issuer is called. Default: the truth. */
  issuerName?: string;
  /** False leaves the keyUsage extension out. */
  keyUsage?: boolean;
  /** Object ids of the extended key usage; none when left out. */
  usage?: readonly string[];
  /** Milliseconds since 1970. Default: a day ago until in a year. */
  notBefore?: number;
  notAfter?: number;
  /** `rsa1024` is too weak for TLS. Default ed25519. */
  key?: keyof typeof KEYS;
}

export interface TestCertificate {
  certificate: X509Certificate;
  /** PEM. */
  cert: string;
  /** PEM, PKCS#8. */
  key: string;
  privateKey: KeyObject;
  /** Issues a certificate under this one. */
  issue(wanted?: Wanted): TestCertificate;
}

const DAY = 86_400_000;
const KEYS = {
  ed25519: () => generateKeyPairSync('ed25519'),
  p256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  rsa1024: () => generateKeyPairSync('rsa', { modulusLength: 1024 }),
};
/** By the type of the signing key: its AlgorithmIdentifier, and the digest that `sign` is to take. */
const ALGORITHMS: Record<string, { identifier: Buffer; digest: string | null }> = {
  ed25519: { identifier: sequence(oid('1.3.101.112')), digest: null },
  ec: { identifier: sequence(oid('1.2.840.10045.4.3.2')), digest: 'sha256' },
  rsa: { identifier: sequence(oid('1.2.840.113549.1.1.11'), der(0x05)), digest: 'sha256' },
};

function issue(
  wanted: Wanted,
  issuer?: { certificate: X509Certificate; privateKey: KeyObject; name: string },
) {
  const { privateKey, publicKey } = KEYS[wanted.key ?? 'ed25519']();
  const name = wanted.commonName ?? (wanted.ca ? 'Test authority' : 'test');
  const signer = issuer?.privateKey ?? privateKey;
  const { identifier: algorithm, digest } = ALGORITHMS[signer.asymmetricKeyType!]!;
  const from = wanted.notBefore ?? Date.now() - DAY;
  // certSign and crlSign, or digitalSignature; the first byte counts the unused bits.
  const keyUsage = der(0x03, wanted.ca ? Buffer.of(1, 0x06) : Buffer.of(7, 0x80));
  const extensions = [
    extension('2.5.29.19', true, sequence(...(wanted.ca ? [der(0x01, Buffer.of(0xff))] : []))),
  ];
  if (wanted.keyUsage !== false) extensions.push(extension('2.5.29.15', true, keyUsage));
  if (wanted.names)
    extensions.push(extension('2.5.29.17', false, sequence(...wanted.names.map(generalName))));
  if (wanted.usage) extensions.push(extension('2.5.29.37', false, sequence(...wanted.usage.map(oid))));
  const content = sequence(
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, serialNumber()),
    algorithm,
    commonName(wanted.issuerName ?? issuer?.name ?? name),
    sequence(time(from), time(wanted.notAfter ?? from + 366 * DAY)),
    commonName(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  );
  const certificate = new X509Certificate(sequence(content, algorithm, bits(sign(digest, content, signer))));
  const made: TestCertificate = {
    certificate,
    cert: certificate.toString(),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    privateKey,
    issue: (below = {}) => issue(below, { certificate, privateKey, name }),
  };
  return made;
}

/** A self-signed authority. */
export function authority(wanted: Wanted = {}): TestCertificate {
  return issue({ ca: true, ...wanted });
}

/** A certificate signed by its own key. */
export function selfSigned(wanted: Wanted = {}): TestCertificate {
  return issue(wanted);
}
