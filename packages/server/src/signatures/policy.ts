import type { Parameters } from 'structured-headers';
import { isConsistent } from './derived-components.ts';
import { SignatureRefused } from './errors.ts';
import { fieldLines } from './header-fields.ts';
import type { Component, MessageSignature } from './message-signature.ts';
import type { SignedRequest } from './signed-request.ts';

/** What a key signs with: HMAC's shared secret, or the 32 raw bytes of an Ed25519 public key. */
export interface SigningKey {
  /** The API key's id: the `keyid` of its signatures. */
  keyId: string;
  algorithm: 'hmac-sha256' | 'ed25519';
  key: Uint8Array;
}

/** How far a signature's `created` may be from now, either way: clocks differ. */
export const FRESH_SECONDS = 300;

/** The one signature that speaks for the key; those of proxies and others are not looked at. */
export function signatureOf(
  signatures: readonly MessageSignature[],
  { keyId }: SigningKey,
): MessageSignature {
  if (signatures.length === 0) throw new SignatureRefused('signature_missing');
  const [own, second] = signatures.filter(({ params }) => params.get('keyid') === keyId);
  if (!own) throw new SignatureRefused('signature_key');
  if (second) throw new SignatureRefused('signature_malformed');
  return own;
}

/** 16 characters of base64url are 96 bits, hexadecimal digits need 24 for them. */
const NONCE = /^[A-Za-z0-9_-]{16,64}$/;
const SHORT_HEX = /^[0-9A-Fa-f]{0,23}$/;

/** Checks the parameters at a time in milliseconds. `created` is in seconds. */
export function freshParams(
  params: Parameters,
  { algorithm }: SigningKey,
  now: number,
): { created: number; nonce: string } {
  const [created, expires, nonce] = [params.get('created'), params.get('expires'), params.get('nonce')];
  const alg = params.get('alg') ?? algorithm;
  if (!isTime(created) || !(expires === undefined || isTime(expires)))
    throw new SignatureRefused('signature_malformed');
  if (typeof nonce !== 'string' || !NONCE.test(nonce) || SHORT_HEX.test(nonce))
    throw new SignatureRefused('signature_malformed');
  if (alg !== algorithm) throw new SignatureRefused('signature_key');
  const far = Math.abs(now - created * 1000) > FRESH_SECONDS * 1000;
  if (far || (expires !== undefined && expires * 1000 <= now)) throw new SignatureRefused('signature_stale');
  return { created, nonce };
}

function isTime(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0;
}

/**
 * Checks that the signature speaks of the whole request: what is asked, of whom, and with which body.
 * @throws SignatureRefused `signature_uncovered`; `signature_malformed` when the target URI is not the request's own
 */
export function requireCovered(request: SignedRequest, components: readonly Component[]): void {
  if (!isConsistent(request)) throw new SignatureRefused('signature_malformed');
  // One member of a field is not the field.
  const whole = new Set(components.filter(([, parameters]) => !parameters.has('key')).map(([name]) => name));
  const covers = (...names: string[]) => names.every((name) => whole.has(name));
  const target =
    covers('@target-uri') ||
    covers('@authority', '@request-target') ||
    covers('@authority', '@path', '@query');
  const digest = fieldLines(request.rawHeaders, 'content-digest').length > 0 || hasBody(request);
  if (!covers('@method') || !target || (digest && !covers('content-digest')))
    throw new SignatureRefused('signature_uncovered');
}

function hasBody({ rawHeaders }: SignedRequest): boolean {
  const lengths = fieldLines(rawHeaders, 'content-length');
  return fieldLines(rawHeaders, 'transfer-encoding').length > 0 || lengths.some((text) => !/^0+$/.test(text));
}
