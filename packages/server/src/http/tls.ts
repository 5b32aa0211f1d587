import { constants, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { ServerOptions } from 'node:https';
import { createSecureContext } from 'node:tls';
import { keyFor } from '../encryption/private-key.ts';

/** Certificate files that cannot be used. The message names the setting and never quotes a file. */
export class TlsError extends Error {
  readonly code = 'tls_unusable';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TlsError';
  }
}

/** PEM files: the chain with the server's own certificate first, its key, the authorities of client certificates. */
export interface TlsPaths {
  readonly certFile: string;
  readonly keyFile: string;
  readonly clientCaFile?: string | undefined;
}

/** What the files held at one moment. */
export interface TlsFiles {
  readonly paths: TlsPaths;
  readonly options: ServerOptions;
  /** Empty when no client certificates are asked for. */
  readonly clientCa: readonly X509Certificate[];
  /** Tells apart two states of the files; taken before they were read. */
  readonly stamp: string;
}

const CERT = 'MEMHOLD_TLS_CERT';
const KEY = 'MEMHOLD_TLS_KEY';
const CLIENT_CA = 'MEMHOLD_TLS_CLIENT_CA';
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * Reads the files of TLS and checks that they belong together.
 * With authorities, a client may show a certificate but need not: a browser that has none still connects, and
 * `clientCertificateOf` says what was shown.
 * @throws TlsError
 */
export function tlsOptions(paths: TlsPaths): TlsFiles {
  const stamp = stampOf(paths);
  const cert = read(CERT, paths.certFile);
  const key = read(KEY, paths.keyFile);
  checkKey(paths, certificates(CERT, paths.certFile, cert)[0]!, key);
  const ca = paths.clientCaFile === undefined ? undefined : read(CLIENT_CA, paths.clientCaFile);
  const clientCa = ca === undefined ? [] : authorities(paths.clientCaFile!, ca);
  const options: ServerOptions = {
    cert,
    key,
    minVersion: 'TLSv1.2',
    // Whether a client's certificate holds is found out once, at the handshake: it must not change afterwards.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    handshakeTimeout: 10_000,
    // memhold:allow node-verify-off -- a client may come without one; those that come are checked at the handshake
    ...(ca !== undefined && { ca, requestCert: true, rejectUnauthorized: false }),
  };
  try {
    createSecureContext(options);
  } catch (cause) {
    // The library's own words stay in `cause`: they name places in its source, not what to do.
    const hint = 'have a new one issued, with a stronger key';
    throw new TlsError(`${CERT}: ${paths.certFile} cannot be used for TLS: ${hint}.`, { cause });
  }
  return { paths, options, clientCa, stamp };
}

/**
 * The authorities of client certificates in a PEM file, also where a proxy in front speaks TLS.
 * @throws TlsError
 */
export function clientAuthorities(path: string): X509Certificate[] {
  return authorities(path, read(CLIENT_CA, path));
}

/** Two states of the files differ in it, whether they were written, renamed or linked anew. */
export function stampOf({ certFile, keyFile, clientCaFile }: TlsPaths): string {
  return [certFile, keyFile, ...(clientCaFile === undefined ? [] : [clientCaFile])]
    .map(stampOfFile)
    .join(' ');
}

function stampOfFile(path: string): string {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(':');
  } catch {
    return 'unreadable';
  }
}

function read(setting: string, path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (cause) {
    throw new TlsError(`${setting}: ${path} cannot be read: correct the path or its permissions.`, { cause });
  }
}

/** Every certificate of a file; one that is cut off in the middle counts as unreadable. */
function certificates(setting: string, path: string, pem: string): X509Certificate[] {
  const found = pem.match(CERTIFICATE) ?? [];
  const begun = pem.split('-----BEGIN CERTIFICATE-----').length - 1;
  if (found.length === 0)
    throw new TlsError(`${setting}: ${path} holds no certificate: it must be a PEM file.`);
  try {
    if (begun !== found.length) throw new RangeError('a certificate without an end');
    return found.map((one) => new X509Certificate(one));
  } catch (cause) {
    throw new TlsError(`${setting}: ${path} is damaged or not whole: write it again.`, { cause });
  }
}

function authorities(path: string, pem: string): X509Certificate[] {
  const found = certificates(CLIENT_CA, path, pem);
  if (found.every(({ ca }) => ca)) return found;
  const hint = 'list only certificates that may issue others (basicConstraints CA:TRUE)';
  throw new TlsError(`${CLIENT_CA}: ${path} holds a certificate that is no authority: ${hint}.`);
}

function checkKey({ certFile, keyFile }: TlsPaths, certificate: X509Certificate, key: string): void {
  const words = {
    'its key': undefined,
    'another key':
      `is not the key of the certificate in ${certFile}: the server's own certificate must come first there, and ` +
      'both must be of the same issue',
    encrypted:
      'is encrypted, which is not supported: write it without a passphrase (openssl pkey -in … -out …), readable ' +
      'by this user alone',
    unreadable: 'holds no private key that can be read: it must be a whole PEM file',
  }[keyFor(certificate, key)];
  if (words !== undefined) throw new TlsError(`${KEY}: ${keyFile} ${words}.`);
}
