import type { KeyObject } from 'node:crypto';
import { type Parameters, serializeByteSequence } from 'structured-headers';
import { ed25519Sign, hmacSha256 } from '../encryption/message-signing.ts';
import { randomBytes } from '../encryption/randomness.ts';
import { contentDigest } from './content-digest.ts';
import { type Component, component, signatureBase, signatureParams } from './message-signature.ts';
import type { SignedRequest } from './signed-request.ts';

export type RequestSigner =
  | { keyId: string; algorithm: 'hmac-sha256'; key: Uint8Array }
  | { keyId: string; algorithm: 'ed25519'; privateKey: KeyObject };

export interface SignOptions {
  /** Epoch seconds; default now. */
  created?: number;
  /** Epoch seconds; default none. */
  expires?: number;
  /** Default 144 fresh random bits. */
  nonce?: string;
  label?: string;
  /** What is covered; default the method, the target URI and the digest of a body. */
  components?: Component[];
}

/**
 * Signs a request as this server demands it: the header fields to add to it.
 * @param body the bytes as they will be sent; undefined when there are none
 * @throws SignatureRefused when a component is covered that the request does not have
 */
export function signRequest(
  request: SignedRequest,
  body: Uint8Array | string | undefined,
  signer: RequestSigner,
  options: SignOptions = {},
): Record<string, string> {
  const digest: Record<string, string> = body === undefined ? {} : { 'content-digest': contentDigest(body) };
  const rawHeaders = [...request.rawHeaders, ...Object.entries(digest).flat()];
  const covered =
    options.components ?? ['@method', '@target-uri', ...Object.keys(digest)].map((name) => component(name));
  const params: Parameters = new Map<string, number | string>([
    ['created', options.created ?? Math.floor(Date.now() / 1000)],
    ['keyid', signer.keyId],
    ['nonce', options.nonce ?? randomBytes(18).toString('base64url')],
    ['alg', signer.algorithm],
  ]);
  if (options.expires !== undefined) params.set('expires', options.expires);
  const base = signatureBase({ ...request, rawHeaders }, covered, params);
  const signature =
    signer.algorithm === 'ed25519' ? ed25519Sign(signer.privateKey, base) : hmacSha256(signer.key, base);
  const label = options.label ?? 'sig1';
  return {
    ...digest,
    'signature-input': `${label}=${signatureParams(covered, params)}`,
    signature: `${label}=${serializeByteSequence(signature)}`,
  };
}
