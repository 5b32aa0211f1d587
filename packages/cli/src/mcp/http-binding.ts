import { isObject, type Message } from './messages.ts';

/*
 * What HTTP wants to know of a message beside its body (MCP 2026-07-28, Streamable HTTP, "Standard request headers").
 * A client at the other end of a pipe has no headers; it says in `_meta` which revision it speaks.
 */

const VERSION_KEY = 'io.modelcontextprotocol/protocolVersion';

/** Which field of its parameters a request names in `Mcp-Name`. */
const NAMED_BY: Record<string, string> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
  'tasks/get': 'taskId',
  'tasks/update': 'taskId',
  'tasks/cancel': 'taskId',
};

/** @param negotiated the revision that `initialize` agreed on, for clients that say it once */
export function headersFor({ method, params, id }: Message, negotiated?: string): Record<string, string> {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  };
  const meta = params?._meta;
  const claimed = isObject(meta) ? meta[VERSION_KEY] : undefined;
  if (typeof claimed !== 'string') {
    if (negotiated !== undefined && method !== 'initialize') headers['mcp-protocol-version'] = negotiated;
    return headers;
  }
  if (isHeaderText(claimed)) headers['mcp-protocol-version'] = claimed;
  if (id === undefined || method === undefined || !isHeaderText(method)) return headers;
  headers['mcp-method'] = method;
  const field = Object.hasOwn(NAMED_BY, method) ? NAMED_BY[method]! : undefined;
  const name = field === undefined ? undefined : params?.[field];
  if (typeof name === 'string') headers['mcp-name'] = headerText(name);
  return headers;
}

/** A text as the value of a header; what cannot stand there is written as `=?base64?…?=`, of its UTF-8. */
export function headerText(text: string): string {
  const plain = isHeaderText(text) && !/^=\?base64\?.*\?=$/i.test(text);
  return plain ? text : `=?base64?${Buffer.from(text).toString('base64')}?=`;
}

/** Printable ASCII without a space at its ends, which would be lost. */
const isHeaderText = (text: string) => /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(text);
