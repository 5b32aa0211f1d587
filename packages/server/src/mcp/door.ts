import {
  createMcpHandler,
  isLegacyRequest,
  type McpHttpHandler,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import type { Actor } from '../access/actor.ts';
import { entityId, InputError, parse } from '../http/input.ts';
import type { Origin } from '../http/origin.ts';
import { type Catalog, type Exchange, serversOf } from './server.ts';

export interface DoorRequest {
  actor: Actor;
  origin: Origin;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Parsed. */
  body: unknown;
  refused: Exchange['refused'];
}

export interface DoorAnswer {
  status: number;
  /** JSON, or nothing: this door opens no streams. */
  body: string;
}

/** What the transport reads of a request. */
const PASSED = ['accept', 'content-type', 'mcp-protocol-version', 'mcp-method', 'mcp-name', 'mcp-session-id'];
const NOT_FOUND = -32601;
const INVALID_REQUEST = -32600;

/**
 * MCP over Streamable HTTP without sessions (MCP 2026-07-28; clients of 2025-11-25 and before as well): each request
 * stands for itself, with its own credential. Every answer is one JSON body.
 */
export class McpDoor {
  private readonly serverFor: ReturnType<typeof serversOf>;
  private readonly exchanges = new WeakMap<Request, Exchange>();
  private readonly modern: McpHttpHandler;

  constructor(catalog: Catalog) {
    this.serverFor = serversOf(catalog);
    this.modern = createMcpHandler(({ requestInfo }) => this.serverFor(this.exchanges.get(requestInfo!)!), {
      legacy: 'reject',
    });
  }

  /**
   * Answers one JSON-RPC message.
   * @throws InputError for the header `Memhold-Default-User`; what ended a tool's call with a status of its own
   */
  async answer({ actor, origin, headers, body, refused }: DoorRequest): Promise<DoorAnswer> {
    const refusal = refusedMessage(body);
    if (refusal) return refusal;
    const exchange: Exchange = {
      caller: { actor, origin, ...defaultUserOf(headers['memhold-default-user']) },
      refused,
    };
    const request = new Request('http://localhost/mcp', { method: 'POST', headers: passedOf(headers) });
    const response = (await isLegacyRequest(request, body))
      ? await this.legacy(exchange, request, body)
      : await this.served(exchange, request, body);
    const answer = { status: response.status, body: await response.text() };
    if (exchange.failed !== undefined) throw exchange.failed;
    return answer;
  }

  private async served(exchange: Exchange, request: Request, parsedBody: unknown): Promise<Response> {
    this.exchanges.set(request, exchange);
    return this.modern.fetch(request, { parsedBody });
  }

  private async legacy(exchange: Exchange, request: Request, parsedBody: unknown): Promise<Response> {
    const server = this.serverFor(exchange);
    const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
    await server.connect(transport);
    try {
      return await transport.handleRequest(request, { parsedBody });
    } finally {
      await server.close();
    }
  }
}

function passedOf(headers: DoorRequest['headers']): Headers {
  const passed = new Headers();
  for (const name of PASSED) {
    const value = headers[name];
    if (typeof value === 'string') passed.set(name, value);
  }
  return passed;
}

/** Percent-encoded, as a header has no other way to say most names. */
function defaultUserOf(header: string | string[] | undefined): { defaultUser?: string } {
  if (header === undefined) return {};
  try {
    // Sent twice, it comes joined: that would be a third user.
    if (header.includes(',')) throw new InputError('one name');
    return { defaultUser: parse(entityId, decodeURIComponent(String(header))) };
  } catch {
    throw new InputError('Memhold-Default-User must be a percent-encoded name of at most 128 characters.');
  }
}

/** Messages that are well-formed, and that this door does not take. */
function refusedMessage(body: unknown): DoorAnswer | undefined {
  if (Array.isArray(body))
    return problem(null, INVALID_REQUEST, 'Send one JSON-RPC message a request: MCP has no batches.', 400);
  const { method, id } = (body ?? {}) as { method?: unknown; id?: unknown };
  // A stream would outlive the credential that opened it, and nothing here changes what a client is shown.
  if (method === 'subscriptions/listen')
    return problem(id, NOT_FOUND, 'This server sends no notifications: ask again instead.', 404);
  return undefined;
}

function problem(id: unknown, code: number, message: string, status: number): DoorAnswer {
  const echoed = typeof id === 'string' || typeof id === 'number' ? id : null;
  return { status, body: JSON.stringify({ jsonrpc: '2.0', id: echoed, error: { code, message } }) };
}
