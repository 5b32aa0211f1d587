import type { FastifyInstance, FastifyRequest } from 'fastify';
import { originOf } from '../http/origin.ts';
import { isRefusal } from '../http/problem.ts';
import { type Addresses, checkAddresses } from './addresses.ts';
import type { McpDoor } from './door.ts';

/** What of this door the routes need. */
export interface McpServices {
  addresses: Addresses;
  mcp(): Promise<McpDoor>;
  /** Tells the audit log of a refused request. */
  refused(
    request: FastifyRequest,
    refusal: { code: string; permission?: string | undefined; tool: string },
  ): Promise<void>;
}

const NO_STREAM = {
  jsonrpc: '2.0',
  id: null,
  error: {
    code: -32000,
    message: 'Method not allowed: this server has no sessions and no streams. Use POST.',
  },
};

/** MCP's Streamable HTTP: one JSON-RPC message a POST. */
export function mcpRoutes(app: FastifyInstance, { addresses, mcp, refused }: McpServices): void {
  const door = {
    config: { access: 'authenticated' },
    onRequest: async (request: FastifyRequest) => checkAddresses(addresses, request.headers),
  } as const;

  app.post('/mcp', door, async (request, reply) => {
    const { status, body } = await (await mcp()).answer({
      actor: request.actor!,
      origin: originOf(request),
      headers: request.headers,
      body: request.body,
      refused: async ({ code, permission }, tool) => {
        if (isRefusal(code)) await refused(request, { code, permission, tool });
      },
    });
    return reply.status(status).type('application/json').send(body);
  });

  /** 405: there is no stream to open and no session to end, as a client of either era understands. */
  app.get('/mcp', door, async (_request, reply) => reply.status(405).header('allow', 'POST').send(NO_STREAM));
  app.delete('/mcp', door, async (_request, reply) =>
    reply.status(405).header('allow', 'POST').send(NO_STREAM),
  );
}
