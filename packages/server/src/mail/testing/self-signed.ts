import { generateKeyPairSync, sign } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { randomBytes } from '../../encryption/randomness.ts';

/** One DER element: tag, length, content (ITU-T X.690). */
function der(tag: number, ...parts: Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...head]), content]);
}
const sequence = (...parts: Uint8Array[]) => der(0x30, ...parts);
const oid = (hex: string) => der(0x06, Buffer.from(hex, 'hex'));
const pem = (bytes: Buffer, name: string) =>
  `-----BEGIN ${name}-----\n${bytes.toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END ${name}-----\n`;

const ED25519 = sequence(oid('2b6570'));
const COMMON_NAME = '550403';
const ALTERNATIVE_NAMES = '551d11';

/** A new certificate (RFC 5280) for these names and IPv4 addresses, signed by its own key; both as PEM. */
export function selfSigned(...names: string[]): { key: string; cert: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  // Of two certificates with one name, OpenSSL would look for the signer in either.
  const commonName = der(0x0c, Buffer.from(`test ${randomBytes(8).toString('hex')}`));
  const name = sequence(der(0x31, sequence(oid(COMMON_NAME), commonName)));
  const time = (days: number) => {
    const text = new Date(Date.now() + days * 86_400_000).toISOString().replace(/[-:T]|\.\d+/g, '');
    return der(0x18, Buffer.from(text));
  };
  const alternatives = names.map((one) =>
    isIPv4(one) ? der(0x87, Buffer.from(one.split('.').map(Number))) : der(0x82, Buffer.from(one)),
  );
  const extension = sequence(oid(ALTERNATIVE_NAMES), der(0x04, sequence(...alternatives)));
  const content = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1]), randomBytes(8)),
    ED25519,
    name,
    sequence(time(-1), time(1)),
    name,
    publicKey.export({ format: 'der', type: 'spki' }),
    der(0xa3, sequence(extension)),
  );
  const signature = der(0x03, Buffer.from([0]), sign(null, content, privateKey));
  return {
    key: privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
    cert: pem(sequence(content, ED25519, signature), 'CERTIFICATE'),
  };
}
