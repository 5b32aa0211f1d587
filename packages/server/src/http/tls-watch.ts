import type { X509Certificate } from 'node:crypto';
import { statSync } from 'node:fs';
import type { Server } from 'node:https';
import { clientAuthorities, stampOf, TlsError, type TlsFiles, tlsOptions } from './tls.ts';

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

/**
 * The same for the authorities of client certificates alone, where TLS ends at a proxy.
 * @param onReload gets the authorities that count from now on
 */
export function watchAuthorities(
  path: string,
  onReload: (authorities: X509Certificate[]) => void,
  onProblem: (message: string) => void,
): { close(): void } {
  const stamp = () => {
    const found = statSync(path, { throwIfNoEntry: false });
    return found ? `${found.mtimeMs} ${found.size} ${found.ino}` : '';
  };
  let [tried, seen] = [stamp(), stamp()];
  const timer = setInterval(() => {
    const now = stamp();
    const settled = now === seen;
    seen = now;
    if (!settled || now === tried) return;
    tried = now;
    try {
      onReload(clientAuthorities(path));
    } catch (error) {
      const why = error instanceof TlsError ? error.message : 'The file of the authorities cannot be used.';
      onProblem(`${why} Until then those that were in use before stay in use.`);
    }
  }, POLL_MS).unref();
  return { close: () => clearInterval(timer) };
}
