/** Why something could not be sent to another machine. */
export type OutboundErrorCode =
  | 'outbound_address_invalid'
  | 'outbound_address_refused'
  | 'outbound_unresolved'
  | 'outbound_unreachable'
  | 'outbound_untrusted'
  | 'outbound_timeout'
  | 'outbound_broken'
  | 'outbound_answer_too_large';

/** The message names scheme, host and port at most: paths and queries may hold tokens. */
export class OutboundError extends Error {
  readonly code: OutboundErrorCode;

  constructor(code: OutboundErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'OutboundError';
    this.code = code;
  }
}

const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'ETIMEDOUT',
  'EACCES',
  'EPERM',
]);
const TLS_CODES =
  /^(?:ERR_TLS_|ERR_SSL_|ERR_OSSL_|CERT_|CRL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_|INVALID_|ERROR_IN_CERT|EPROTO$)/;

/** A failure of a socket in words that say what to do. `where` is scheme, host and port. */
export function outboundError(cause: unknown, where: string): OutboundError {
  if (cause instanceof OutboundError) return cause;
  const { code = '' } = cause as { code?: string };
  const found = code === '' ? '' : ` (${code})`;
  if (UNREACHABLE.has(code)) {
    const message = `${where} cannot be reached${found}: is it running, and may this machine connect to it?`;
    return new OutboundError('outbound_unreachable', message, { cause });
  }
  if (TLS_CODES.test(code)) {
    const message = `${where} has no certificate that this machine trusts${found}: correct it, or name its authority in NODE_EXTRA_CA_CERTS.`;
    return new OutboundError('outbound_untrusted', message, { cause });
  }
  const message = `${where} broke off${found}: see its log.`;
  return new OutboundError('outbound_broken', message, { cause });
}
