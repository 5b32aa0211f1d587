import { resolve } from 'node:path';

/**
 * One spelling for the addresses of a repository, to tell whether two of them are the same: host and path, without the
 * way there (scheme, user, port), a trailing slash or `.git`. Local paths are resolved from `folder`.
 * (git-push(1), "GIT URLS")
 */
export function sameAddress(url: string, folder: string): string {
  const path = (text: string) =>
    text
      .replace(/\/+$/, '')
      .replace(/\.git$/, '')
      .replace(/\/+$/, '');
  const file = /^file:\/\/(\/.*)$/.exec(url)?.[1];
  if (file !== undefined) return path(file);
  const [, host, rest] = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/]*@)?([^/:]*)(?::\d*)?\/(.*)$/i.exec(url) ?? [];
  if (host !== undefined) return `${host.toLowerCase()}/${path(withoutQuery(rest!)).replace(/^\/+/, '')}`;
  // `user@host:path`, unless a slash comes before the colon.
  const [, scpHost, scpPath] = /^(?:[^/@]*@)?([^/:]+):(.*)$/.exec(url) ?? [];
  if (scpHost !== undefined) return `${scpHost.toLowerCase()}/${path(scpPath!).replace(/^\/+/, '')}`;
  return path(resolve(folder, url));
}

/** An address as it may be shown and kept: without user, password and query, any of which can be a credential. */
export function shownAddress(url: string): string {
  const [, scheme, rest] = /^([a-z][a-z0-9+.-]*:\/\/)(.*)$/is.exec(url) ?? [];
  if (scheme === undefined) return withoutQuery(url.replace(/^[^/]*@(?=[^/]*:)/s, ''));
  const bare = withoutQuery(rest!);
  if (bare.includes('@')) return scheme + bare.slice(bare.lastIndexOf('@') + 1);
  // A password may hold what looks like the beginning of a query: better nothing than a part of it.
  return scheme + (rest!.includes('@') ? '…' : bare);
}

const withoutQuery = (text: string) => text.replace(/[?#].*$/s, '');
