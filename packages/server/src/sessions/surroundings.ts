import type { X509Certificate } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { clientCertificateOf } from '../http/client-certificate.ts';
import { trustedAddresses } from '../http/trusted-proxies.ts';
import type { Surroundings } from './authenticate.ts';

export interface SurroundingOptions {
  trustedProxies: readonly string[];
  /** Whose client certificates count; none, and no certificate is looked at. Asked at each request. */
  authorities(): readonly X509Certificate[];
  tlsClientCertHeader: string | undefined;
  /** What the service is called from outside; else what the request says, or its trusted proxy. */
  publicUrl: string | undefined;
  now: () => number;
}

const NO_CERTIFICATE = { kind: 'none' } as const;

/** Makes the function that looks around a request: at its connection, and at what is signed of it. */
export function surroundingsOf(options: SurroundingOptions): (request: FastifyRequest) => Surroundings {
  const { authorities, tlsClientCertHeader: header, publicUrl, now } = options;
  const trusted = trustedAddresses(options.trustedProxies);
  const fromTrustedProxy = ({ raw }: Pick<FastifyRequest, 'raw'>) => trusted(raw.socket.remoteAddress);
  return (request) => ({
    certificate() {
      const ca = authorities();
      if (ca.length === 0) return NO_CERTIFICATE;
      return clientCertificateOf(request, { ca, header, fromTrustedProxy, now });
    },
    signed() {
      const { raw, protocol, host } = request;
      const requestTarget = raw.url ?? '/';
      const targetUri = `${publicUrl ?? `${protocol}://${host}`}${requestTarget}`;
      return { method: raw.method ?? 'GET', targetUri, requestTarget, rawHeaders: raw.rawHeaders };
    },
  });
}
