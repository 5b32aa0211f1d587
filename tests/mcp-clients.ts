// The official clients of the Model Context Protocol: of its 2026-07-28 revision, and of the ones before.
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as OlderClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as OlderTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

export interface ToolAnswer {
  isError: boolean;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: what a tool answers is what a test is about
  data: any;
}

/** What both clients can do, in one shape. */
export interface McpClient {
  client: Pick<
    Client,
    | 'listTools'
    | 'listResources'
    | 'listResourceTemplates'
    | 'listPrompts'
    | 'readResource'
    | 'getPrompt'
    | 'close'
  >;
  protocol: string | undefined;
  call(name: string, args?: Record<string, unknown>): Promise<ToolAnswer>;
}

export type Era = '2026-07-28' | '2025-11-25';
const INFO = { name: 'test', version: '1' };

/** Connects an official client with these headers (its credential), the way a host does. */
export async function mcpClient(
  url: string,
  headers: Record<string, string>,
  era: Era = '2026-07-28',
): Promise<McpClient> {
  const address = new URL('/mcp', url);
  const options = { requestInit: { headers } };
  if (era === '2025-11-25') {
    const client = new OlderClient(INFO);
    const transport = new OlderTransport(address, options);
    await client.connect(transport as Parameters<typeof client.connect>[0]);
    await client.listTools();
    const call = async (name: string, args = {}) =>
      answerOf(await client.callTool({ name, arguments: args }));
    return { client: client as unknown as McpClient['client'], protocol: transport.protocolVersion, call };
  }
  const client = new Client(INFO, { versionNegotiation: { mode: { pin: era } } });
  await client.connect(new StreamableHTTPClientTransport(address, options));
  await client.listTools();
  const call = async (name: string, args = {}) => answerOf(await client.callTool({ name, arguments: args }));
  return { client, protocol: client.getNegotiatedProtocolVersion(), call };
}

/** What a tool said, of either client. */
export function answerOf(result: object): ToolAnswer {
  const { isError, content, structuredContent } = result as {
    isError?: boolean;
    content: { type: string; text?: string }[];
    structuredContent?: unknown;
  };
  const text = content.map((part) => part.text ?? '').join('\n');
  return { isError: isError === true, text, data: structuredContent };
}

let next = 0;
/** One JSON-RPC message without a client, as 2025-11-25 writes it. */
export function message(method: string, params: object = {}): object {
  return { jsonrpc: '2.0', id: ++next, method, params };
}
export const JSON_RPC = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
  'mcp-protocol-version': '2025-11-25',
};
