import type { Server } from 'node:https';
import { stampOf, TlsError, type TlsFiles, tlsOptions } from './tls.ts';

const POLL_MS = 2000;

/**
 * Takes up new certificate files while the server runs: connections made from then on get the new certificate, those
 * that stand live on. The paths are asked every 2 s, since a certificate manager may rename files or turn links, and
 * files are read only when they lay unchanged for that long, since certificate and key are replaced one after the other.
 * Files that cannot be used change nothing, and each state of them is told of once.
 * @param onProblem gets a sentence for the log
 * @param onReload gets what is now in use
 */
export function watchTls(
  server: Pick<Server, 'setSecureContext'>,
  files: TlsFiles,
  onProblem: (message: string) => void,
  onReload: (files: TlsFiles) => void = () => {},
): { close(): void; reload(): void } {
  const { paths } = files;
  let tried = files.stamp;
  let seen = files.stamp;
  const reload = () => {
    tried = stampOf(paths);
    try {
      const next = tlsOptions(paths);
      server.setSecureContext(next.options);
      onReload(next);
    } catch (error) {
      const why = error instanceof TlsError ? error.message : 'The TLS files cannot be used.';
      onProblem(`${why} Until then the certificate that was in use before stays in use.`);
    }
  };
  const look = () => {
    const now = stampOf(paths);
    const settled = now === seen;
    seen = now;
    if (settled && now !== tried) reload();
  };
  const timer = setInterval(look, POLL_MS).unref();
  return { close: () => clearInterval(timer), reload };
}
