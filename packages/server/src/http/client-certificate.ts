import { hash, X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { certificateNames } from './certificate-names.ts';

/** What a client showed, by itself or through its proxy. */
export type ClientCertificate =
  | { readonly kind: 'none' }
  | { readonly kind: 'refused'; readonly reason: 'certificate' }
  | {
      readonly kind: 'certificate';
      /** subjectAltName entries such as `DNS:agent.example.org`; the subject's common name never counts. */
      readonly names: readonly string[];
      /** SHA-256 of the DER, 64 lower-case hexadecimal digits. */
      readonly fingerprint: string;
      /** Milliseconds since 1970 after which it counts no more. */
      readonly notAfter: number;
    };

export interface CertifiedRequest {
  readonly raw: IncomingMessage;
}

export interface ClientCertificateOptions {
  /** The authorities, all of them certificates that may issue others. */
  readonly ca: readonly X509Certificate[];
  /** Header in which a trusted proxy hands on the certificate of its client. */
  readonly header?: string | undefined;
  /** Whether the peer of the connection itself is a trusted proxy. */
  fromTrustedProxy(request: CertifiedRequest): boolean;
  /** Milliseconds since 1970. */
  now(): number;
}

interface Shown {
  readonly certificate: Extract<ClientCertificate, { kind: 'certificate' }>;
  readonly notBefore: number;
}

const NONE: ClientCertificate = Object.freeze({ kind: 'none' });
const REFUSED: ClientCertificate = Object.freeze({ kind: 'refused', reason: 'certificate' });
const LONGEST_HEADER = 16_384;
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
const BYTE_SEQUENCE = /^:([A-Za-z0-9+/]+={0,2}):$/;
const ONE_PEM = /^-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----\s*$/;

/** One connection shows one certificate (TLS renegotiation is off), so it is read once. */
const shownOn = new WeakMap<
  Socket,
  { shown: Shown | 'refused' | 'none'; authorities: readonly X509Certificate[] }
>();

/**
 * The certificate of a request's client. With a header configured, a trusted proxy speaks for its clients by that
 * header only: its own certificate is never taken for theirs. From anybody else the header counts as absent.
 * The proxy has seen the proof of possession of the key; everything that the certificate itself says is checked again.
 */
export function clientCertificateOf(
  request: CertifiedRequest,
  options: ClientCertificateOptions,
): ClientCertificate {
  const { header } = options;
  const shown =
    header !== undefined && options.fromTrustedProxy(request)
      ? forwarded(request.raw, header, options.ca)
      : direct(request.raw.socket, options.ca);
  if (shown === 'none') return NONE;
  if (shown === 'refused') return REFUSED;
  const now = options.now();
  return shown.notBefore <= now && now <= shown.certificate.notAfter ? shown.certificate : REFUSED;
}

function direct(socket: Socket, authorities: readonly X509Certificate[]): Shown | 'refused' | 'none' {
  if (!(socket instanceof TLSSocket)) return 'none';
  const known = shownOn.get(socket);
  if (known?.authorities === authorities) return known.shown;
  const certificate = socket.getPeerX509Certificate();
  let shown: Shown | 'refused' | 'none' = 'none';
  if (certificate) {
    // `authorized` is what the authorities of the handshake said: after a change of them it says nothing any more.
    const stands = socket.authorized && issuerOf(certificate, authorities) !== undefined;
    shown = stands ? read(certificate) : 'refused';
  }
  shownOn.set(socket, { shown, authorities });
  return shown;
}

/** Of an authority that was renewed with its key, the newer one. */
function issuerOf(certificate: X509Certificate, authorities: readonly X509Certificate[]) {
  return authorities
    .filter(
      (authority) =>
        authority.ca && certificate.checkIssued(authority) && certificate.verify(authority.publicKey),
    )
    .sort((a, b) => b.validToDate.getTime() - a.validToDate.getTime())[0];
}

function forwarded(
  raw: IncomingMessage,
  header: string,
  authorities: readonly X509Certificate[],
): Shown | 'refused' | 'none' {
  const values = raw.headersDistinct[header.toLowerCase()] ?? [];
  const [value = ''] = values;
  if (values.length > 1 || value.length > LONGEST_HEADER) return 'refused';
  if (value === '') return 'none';
  const certificate = decode(value);
  if (!certificate) return 'refused';
  const issuer = issuerOf(certificate, authorities);
  return issuer ? read(certificate, issuer) : 'refused';
}

/** RFC 9440 (`:` base64 of the DER `:`), or PEM with percent-encoding, as nginx's `$ssl_client_escaped_cert`. */
function decode(header: string): X509Certificate | undefined {
  try {
    const base64 = BYTE_SEQUENCE.exec(header)?.[1] ?? ONE_PEM.exec(decodeURIComponent(header))?.[1];
    if (base64 === undefined) return undefined;
    const bytes = Buffer.from(base64, 'base64');
    const certificate = new X509Certificate(bytes);
    // The reader takes other encodings, and bytes after the end.
    return certificate.raw.equals(bytes) ? certificate : undefined;
  } catch {
    return undefined;
  }
}

function read(certificate: X509Certificate, issuer = certificate): Shown | 'refused' {
  const names = certificateNames(certificate.subjectAltName);
  const usage = certificate.keyUsage as readonly string[] | undefined;
  if (!names || certificate.ca || (usage && !usage.includes(CLIENT_AUTH))) return 'refused';
  return {
    certificate: Object.freeze({
      kind: 'certificate',
      names: Object.freeze(names),
      fingerprint: hash('sha256', certificate.raw),
      notAfter: Math.min(certificate.validToDate.getTime(), issuer.validToDate.getTime()),
    }),
    notBefore: Math.max(certificate.validFromDate.getTime(), issuer.validFromDate.getTime()),
  };
}
