import type { Parameters } from 'structured-headers';
import { SignatureRefused } from './errors.ts';
import type { SignedRequest } from './signed-request.ts';

interface Target {
  scheme: string;
  authority: string;
  path: string;
  /** With its `?`; empty when there is none. */
  query: string;
}

/** Taken apart by hand: `URL` would resolve `..` and re-encode, and what was signed is the text. */
const TARGET = /^([a-z][a-z0-9+.-]*):\/\/([^/?#@\s]+)(\/[^?#]*)?(\?[^#]*)?$/i;
const DEFAULT_PORTS: Record<string, string> = { http: '80', https: '443' };

function targetOf({ targetUri }: SignedRequest): Target {
  const [, scheme = '', authority = '', path = '', query = ''] = TARGET.exec(targetUri) ?? [];
  if (scheme === '') throw new SignatureRefused('signature_malformed');
  return { scheme: scheme.toLowerCase(), authority: authority.toLowerCase(), path, query };
}

/** RFC 9110 §4.2.3: the default port is left out. */
function authorityOf({ scheme, authority }: Target): string {
  const [, host = '', port] = /^(.*?)(?::(\d*))?$/.exec(authority) ?? [];
  return port === undefined || port === '' || port === DEFAULT_PORTS[scheme] ? host : authority;
}

const DERIVED: Record<string, (request: SignedRequest) => string> = {
  '@method': ({ method }) => method,
  '@target-uri': ({ targetUri }) => targetUri,
  '@authority': (request) => authorityOf(targetOf(request)),
  '@scheme': (request) => targetOf(request).scheme,
  '@request-target': ({ requestTarget }) => requestTarget,
  '@path': (request) => targetOf(request).path || '/',
  '@query': (request) => targetOf(request).query || '?',
};

/** Visible characters, with spaces only inside (RFC 9421 §2.2). */
const DERIVED_VALUE = /^(?! )[\x20-\x7e]*(?<! )$/;

/**
 * The component value of a derived component of a request (RFC 9421 §2.2).
 * @throws SignatureRefused `signature_malformed` for an unknown name or parameter, `signature_wrong` for a query
 * parameter that is not there or is there more than once
 */
export function derivedComponent(request: SignedRequest, name: string, parameters: Parameters): string {
  const value = name === '@query-param' ? queryParam(request, parameters) : plain(request, name, parameters);
  if (!DERIVED_VALUE.test(value)) throw new SignatureRefused('signature_malformed');
  return value;
}

function plain(request: SignedRequest, name: string, parameters: Parameters): string {
  const derive = DERIVED[name];
  if (!derive || parameters.size > 0) throw new SignatureRefused('signature_malformed');
  return derive(request);
}

/** RFC 9421 §2.2.8: name and value decoded as form parameters, then percent-encoded in one way. */
function queryParam(request: SignedRequest, parameters: Parameters): string {
  const wanted = parameters.get('name');
  if (typeof wanted !== 'string' || parameters.size !== 1) throw new SignatureRefused('signature_malformed');
  const name = percentDecoded(wanted);
  const values = name === undefined ? [] : new URLSearchParams(targetOf(request).query).getAll(name);
  // Of two with one name the reader of the request may take another than the signer meant.
  if (values.length !== 1) throw new SignatureRefused('signature_wrong');
  return percentEncoded(values[0]!);
}

/** Undefined for what `percentEncoded` does not write. */
function percentDecoded(text: string): string | undefined {
  try {
    const decoded = decodeURIComponent(text);
    return percentEncoded(decoded) === text ? decoded : undefined;
  } catch {
    return undefined;
  }
}

function percentEncoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()~]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Whether the path that the server acts on is the end of the target URI: what is signed is what is done. */
export function isConsistent(request: SignedRequest): boolean {
  const { path, query } = targetOf(request);
  return request.requestTarget.startsWith('/') && `${path}${query}`.endsWith(request.requestTarget);
}
