import { createHmac, createPublicKey, type KeyObject, sign, timingSafeEqual, verify } from 'node:crypto';

/** A key text that is no usable signing key; `message` says what to send instead, and never shows the key. */
export class SigningKeyError extends Error {
  readonly code = 'invalid_input';

  constructor(message: string) {
    super(message);
    this.name = 'SigningKeyError';
  }
}

const bytesOf = (message: Uint8Array | string) =>
  typeof message === 'string' ? Buffer.from(message) : message;

/** HMAC-SHA256 (RFC 2104), 32 bytes; a key longer than 64 bytes is hashed first, as the RFC says. */
export function hmacSha256(key: Uint8Array, message: Uint8Array | string): Buffer {
  return createHmac('sha256', key).update(message).digest();
}

/** Whether `tag` is the whole HMAC-SHA256 of the message, in constant time. A shortened tag is none. */
export function verifyHmac(key: Uint8Array, message: Uint8Array | string, tag: Uint8Array): boolean {
  const expected = hmacSha256(key, message);
  return tag.length === expected.length && timingSafeEqual(expected, tag);
}

/** DER of an Ed25519 SubjectPublicKeyInfo (RFC 8410 §4) up to its 32 key bytes. */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const KEY_BYTES = 32;

/** Whether `signature` (64 bytes) is the Ed25519 signature (RFC 8032 §5.1.7) of the message by the raw public key. */
export function ed25519Verifies(
  publicKey: Uint8Array,
  message: Uint8Array | string,
  signature: Uint8Array,
): boolean {
  if (!isStrongKey(publicKey)) return false;
  const key = createPublicKey({ key: Buffer.concat([SPKI, publicKey]), format: 'der', type: 'spki' });
  return verify(null, bytesOf(message), key, signature);
}

/** The Ed25519 signature of a message, 64 bytes. @throws SigningKeyError for a key of another kind. */
export function ed25519Sign(privateKey: KeyObject, message: Uint8Array | string): Buffer {
  if (privateKey.type !== 'private' || privateKey.asymmetricKeyType !== 'ed25519')
    throw new SigningKeyError('Sign with an Ed25519 private key.');
  return sign(null, bytesOf(message), privateKey);
}

const P = 2n ** 255n - 19n;
const ORDER_EIGHT = 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n;
/** The y coordinates of the eight points of small order. */
const SMALL_ORDER = new Set([0n, 1n, P - 1n, ORDER_EIGHT, P - ORDER_EIGHT]);

/**
 * With a key of small order anybody can make a signature that fits many messages: RFC 8032 §5.1.7 does not refuse it,
 * nor does every OpenSSL. A y of P or more is a second spelling of another key.
 */
function isStrongKey(publicKey: Uint8Array): boolean {
  if (publicKey.length !== KEY_BYTES) return false;
  const y = BigInt.asUintN(255, BigInt(`0x${Buffer.from(publicKey).reverse().toString('hex')}`));
  return y < P && !SMALL_ORDER.has(y);
}

const LONGEST_TEXT = 2048;
const PEM = /^-----BEGIN PUBLIC KEY-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END PUBLIC KEY-----$/;
const WANTED =
  'Send an Ed25519 public key: PEM ("BEGIN PUBLIC KEY"), JWK ({"kty":"OKP","crv":"Ed25519","x":…}) or 32 bytes in base64.';

/**
 * The 32 raw bytes of an Ed25519 public key in PEM (SPKI, RFC 8410), JWK (RFC 8037), base64 or base64url.
 * @throws SigningKeyError for anything else: also for private keys, certificates and keys of small order.
 */
export function ed25519PublicKey(text: string): Uint8Array {
  const trimmed = text.length <= LONGEST_TEXT ? text.trim() : '';
  if (/PRIVATE KEY|"d"\s*:/.test(trimmed))
    throw new SigningKeyError(
      'This is a private key, which nobody else may know: make a new pair, and send its public key.',
    );
  const key = fromPem(trimmed) ?? fromJwk(trimmed) ?? fromBase64(trimmed);
  if (!key) throw new SigningKeyError(WANTED);
  if (!isStrongKey(key)) throw new SigningKeyError('This key signs nothing safely: make a new pair.');
  return key;
}

function fromPem(text: string): Uint8Array | undefined {
  const body = PEM.exec(text)?.[1]?.replaceAll(/[\r\n]/g, '');
  const der = body === undefined ? undefined : Buffer.from(body, 'base64');
  if (der?.toString('base64') !== body || !der?.subarray(0, SPKI.length).equals(SPKI)) return undefined;
  return der.length === SPKI.length + KEY_BYTES ? der.subarray(SPKI.length) : undefined;
}

function fromJwk(text: string): Uint8Array | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const { kty, crv, x, d } = JSON.parse(text) as Record<string, unknown>;
    if (kty !== 'OKP' || crv !== 'Ed25519' || typeof x !== 'string' || d !== undefined) return undefined;
    return fromBase64(x);
  } catch {
    return undefined;
  }
}

function fromBase64(text: string): Uint8Array | undefined {
  const key = Buffer.from(text, 'base64');
  const spelled = [key.toString('base64'), key.toString('base64url'), `${key.toString('base64url')}=`];
  return key.length === KEY_BYTES && spelled.includes(text) ? key : undefined;
}
