/** Why a request's signature was not accepted: for the audit log and, as words, for the caller. */
export type SignatureRefusal =
  | 'signature_missing'
  | 'signature_malformed'
  | 'signature_stale'
  | 'signature_uncovered'
  | 'signature_wrong'
  | 'signature_replayed'
  | 'signature_key';

const MESSAGES: Record<SignatureRefusal, string> = {
  signature_missing: 'Sign this request: send Signature-Input and Signature (RFC 9421).',
  signature_malformed:
    'The signature fields cannot be read: send RFC 9421 with created, keyid and a nonce of 96 bits, once each.',
  signature_stale: 'The signature is not of now: check the clock, and sign each request when it is sent.',
  signature_uncovered:
    'The signature covers too little: cover @method, @target-uri and, where it is sent, content-digest.',
  signature_wrong:
    'The signature does not fit this request: sign it as it is sent, with the secret of this key.',
  signature_replayed: 'This nonce was used before: sign each request with a new one.',
  signature_key: 'The signature names another key or algorithm: sign with the one that this key was given.',
};

/** A request whose signature was not accepted; nothing of it may be done. */
export class SignatureRefused extends Error {
  readonly code = 'unauthenticated';
  readonly reason: SignatureRefusal;

  constructor(reason: SignatureRefusal, options?: ErrorOptions) {
    super(MESSAGES[reason], options);
    this.name = 'SignatureRefused';
    this.reason = reason;
  }
}
