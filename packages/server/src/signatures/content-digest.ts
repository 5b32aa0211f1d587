import { hash, timingSafeEqual } from 'node:crypto';
import { isInnerList, serializeByteSequence } from 'structured-headers';
import { SignatureRefused } from './errors.ts';
import { canonicalDictionary } from './structured-fields.ts';

/** The digests of RFC 9530 §5 that are not broken. */
const ALGORITHMS = { 'sha-256': 'sha256', 'sha-512': 'sha512' } as const;
export type DigestAlgorithm = keyof typeof ALGORITHMS;

const digest = (body: Uint8Array | string, algorithm: DigestAlgorithm) =>
  hash(ALGORITHMS[algorithm], body, 'buffer');

/** The value of a Content-Digest field (RFC 9530 §2) for a body as it is sent. */
export function contentDigest(body: Uint8Array | string, algorithm: DigestAlgorithm = 'sha-256'): string {
  return `${algorithm}=${serializeByteSequence(digest(body, algorithm))}`;
}

/**
 * Checks a body against its Content-Digest: every digest that is understood must fit, and one must be.
 * Without a Content-Digest the body must be empty.
 * @throws SignatureRefused `signature_malformed` or `signature_wrong`
 */
export function checkContentDigest(header: string | undefined, body: Uint8Array): void {
  if (header === undefined) {
    if (body.length > 0) throw new SignatureRefused('signature_wrong');
    return;
  }
  const dictionary = canonicalDictionary(header);
  let checked = 0;
  for (const algorithm of Object.keys(ALGORITHMS) as DigestAlgorithm[]) {
    const member = dictionary.get(algorithm);
    if (member === undefined) continue;
    if (isInnerList(member) || !(member[0] instanceof ArrayBuffer))
      throw new SignatureRefused('signature_malformed');
    const [sent, real] = [new Uint8Array(member[0]), digest(body, algorithm)];
    if (sent.length !== real.length || !timingSafeEqual(sent, real))
      throw new SignatureRefused('signature_wrong');
    checked++;
  }
  if (checked === 0) throw new SignatureRefused('signature_malformed');
}
