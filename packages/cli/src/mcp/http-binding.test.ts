import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headersFor, headerText } from './http-binding.ts';
import type { Message } from './messages.ts';

const modern = { _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } };
const of = (message: object, negotiated?: string) =>
  headersFor({ jsonrpc: '2.0', ...message } as Message, negotiated);

describe('what HTTP is told of a message', () => {
  it('a request that names its revision repeats it, its method and what it is about', () => {
    const asked = { id: 1, method: 'tools/call', params: { ...modern, name: 'add_memory' } };
    expect(of(asked, '2025-11-25')).toMatchObject({
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': 'add_memory',
    });
    const resource = { id: 1, method: 'resources/read', params: { ...modern, uri: 'memory://ann' } };
    expect(of(resource)).toMatchObject({ 'mcp-name': 'memory://ann' });
    expect(of({ id: 1, method: 'constructor', params: modern })).not.toHaveProperty('mcp-name');
  });

  it('a client of an older revision gets the one that its handshake agreed on, but for the handshake', () => {
    const headers = of({ id: 2, method: 'tools/list' }, '2025-11-25');
    expect(headers['mcp-protocol-version']).toBe('2025-11-25');
    expect(headers).not.toHaveProperty('mcp-method');
    expect(of({ id: 1, method: 'initialize' }, '2025-11-25')).not.toHaveProperty('mcp-protocol-version');
    expect(of({ id: 2, method: 'tools/list' })).not.toHaveProperty('mcp-protocol-version');
  });

  it('no text becomes a header that cannot be sent, and each can be read back', () => {
    const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string(), fc.constant('=?base64?eA==?='));
    fc.assert(
      fc.property(text, (given) => {
        const header = headerText(given);
        expect(header).toMatch(/^[\x20-\x7e]*$/);
        expect(header.trim()).toBe(header);
        const [, encoded] = /^=\?base64\?(.*)\?=$/.exec(header) ?? [];
        const back = encoded === undefined ? header : Buffer.from(encoded, 'base64').toString('utf8');
        expect(back).toBe(given.toWellFormed());
      }),
    );
  });
});
