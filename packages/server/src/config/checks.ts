import { accessSync, constants } from 'node:fs';
import { fileKey } from './names.ts';
import type { Settings } from './settings.ts';
import type { Given } from './sources.ts';
import { isLoopback } from './values.ts';

/**
 * Rules that hold between settings, or between a setting and the machine. Each breach is one message.
 * @param settings with defaults; without those that were given and could not be parsed, which are reported already
 */
export function checkTogether(settings: Partial<Settings>, given: ReadonlyMap<string, Given>): string[] {
  const problems: string[] = [];
  const named = (env: string) => given.get(env)?.name ?? env;

  if (given.has('MEMHOLD_PASSPHRASE') && given.has('MEMHOLD_KEY_FILE')) {
    problems.push(
      `${named('MEMHOLD_PASSPHRASE')} and ${named('MEMHOLD_KEY_FILE')} exclude each other: remove the one that did not seal the data`,
    );
  }

  const halves = ['MEMHOLD_TLS_CERT', 'MEMHOLD_TLS_KEY'] as const;
  const present = halves.filter((env) => given.has(env));
  if (present.length === 1) {
    const [one] = present;
    const other = halves.find((env) => env !== one)!;
    problems.push(`${named(one!)} needs ${like(given.get(one!), other)} too: set both or none`);
  }
  for (const [env, path] of [
    ['MEMHOLD_TLS_CERT', settings.tlsCert],
    ['MEMHOLD_TLS_KEY', settings.tlsKey],
    ['MEMHOLD_TLS_CLIENT_CA', settings.tlsClientCa],
  ] as const) {
    if (path !== undefined && !isReadable(path)) {
      problems.push(`${named(env)} names a file that cannot be read: correct the path or its permissions`);
    }
  }

  if (
    given.has('MEMHOLD_TLS_CLIENT_CA') &&
    present.length === 0 &&
    settings.tlsClientCertHeader === undefined
  ) {
    problems.push(
      `${named('MEMHOLD_TLS_CLIENT_CA')} has no effect without TLS: set MEMHOLD_TLS_CERT and MEMHOLD_TLS_KEY, or name ` +
        'the header of the proxy in front in MEMHOLD_TLS_CLIENT_CERT_HEADER',
    );
  }
  if (settings.tlsClientCertHeader !== undefined && settings.trustedProxies?.length === 0) {
    problems.push(
      `${named('MEMHOLD_TLS_CLIENT_CERT_HEADER')} could be sent by anybody: name the proxy that sets it in ` +
        'MEMHOLD_TRUSTED_PROXIES',
    );
  }
  if (settings.tlsClientCertHeader !== undefined && settings.tlsClientCa === undefined) {
    problems.push(
      `${named('MEMHOLD_TLS_CLIENT_CERT_HEADER')} needs MEMHOLD_TLS_CLIENT_CA: the authorities whose certificates count`,
    );
  }

  const { host, trustedProxies, maxMemoryBytes, maxBodyBytes } = settings;
  const unprotected = present.length === 0 && trustedProxies?.length === 0;
  if (host !== undefined && !isLoopback(host) && unprotected) {
    const source = given.get('MEMHOLD_HOST');
    problems.push(
      `${named('MEMHOLD_HOST')} lets other machines reach the service over plain HTTP: set ` +
        `${like(source, 'MEMHOLD_TLS_CERT')} and ${like(source, 'MEMHOLD_TLS_KEY')}, or name the TLS proxy in front ` +
        `of it in ${like(source, 'MEMHOLD_TRUSTED_PROXIES')}, or listen on 127.0.0.1`,
    );
  }
  if (maxMemoryBytes !== undefined && maxBodyBytes !== undefined && maxMemoryBytes > maxBodyBytes) {
    problems.push(
      `${named('MEMHOLD_MAX_MEMORY_BYTES')} must not exceed ${named('MEMHOLD_MAX_BODY_BYTES')}: lower it or raise the other`,
    );
  }
  return problems;
}

/** The name of another setting in the way that the person wrote this one. */
function like(source: Given | undefined, env: string): string {
  return source?.file === undefined ? env : fileKey(env);
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
