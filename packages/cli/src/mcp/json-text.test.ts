import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withEntry, withoutEntry } from './config-edit.ts';
import { JsonTextError } from './json-places.ts';
import { valueAt, withoutValue, withValue } from './json-text.ts';

const entry = { type: 'stdio', command: 'memhold', args: ['mcp'] };
const path = ['mcpServers', 'memhold'];

/** Objects as hosts write them, with servers of others among them. */
const config = fc
  .record(
    {
      mcpServers: fc.dictionary(
        fc.string(),
        fc.jsonValue().map((args) => ({ command: 'other', args })),
      ),
      theme: fc.jsonValue(),
      'a "quoted" // name': fc.jsonValue(),
    },
    { requiredKeys: [] },
  )
  .map(({ mcpServers, ...rest }) => {
    const { memhold: _none, ...others } = mcpServers ?? {};
    return { ...rest, ...(mcpServers && { mcpServers: others }) };
  })
  // As a text holds it: no -0, and no prototype.
  .map((any) => JSON.parse(JSON.stringify(any)));
const printed = fc
  .tuple(config, fc.constantFrom(0, 2, 4, '\t'), fc.constantFrom('\n', '\r\n'), fc.constantFrom('', '\n'))
  .map(([value, indent, eol, end]) => ({
    value,
    text: (JSON.stringify(value, null, indent) + end).replaceAll('\n', eol),
  }));

describe('an edit of a JSON text', () => {
  it('puts the entry in, and leaves every other value as it was', () => {
    fc.assert(
      fc.property(printed, ({ text, value }) => {
        const after = JSON.parse(withValue(text, path, entry));
        expect(after).toEqual({ ...value, mcpServers: { ...value.mcpServers, memhold: entry } });
      }),
    );
  });

  it('and back: with servers in the file, byte for byte', () => {
    fc.assert(
      fc.property(printed, ({ text, value }) => {
        const back = withoutEntry(withEntry(text, 'mcpServers', entry), 'mcpServers');
        if (Object.keys(value.mcpServers ?? {}).length > 0) expect(back).toBe(text);
        else expect({ mcpServers: {}, ...JSON.parse(back) }).toEqual({ mcpServers: {}, ...value });
      }),
    );
  });

  it('keeps the lines of the file: its indentation, its ends, its comments and last commas', () => {
    const before = [
      '// my servers',
      '{',
      '\t"servers": {',
      '\t\t"a": { "command": "x" }, // mine, {not} "yours"',
      '\t\t/* "memhold": 1, */',
      '\t},',
      '\t"inputs": [1, 2,],',
      '}',
      '',
    ].join('\r\n');
    const after = withValue(before, ['servers', 'memhold'], { command: 'memhold' });
    const added = '\r\n\t\t"memhold": {\r\n\t\t\t"command": "memhold"\r\n\t\t},';
    expect(after).toBe(before.replace('"x" },', `"x" },${added}`));
    expect(withoutValue(after, ['servers', 'memhold'])).toBe(before);
    expect(valueAt(after, ['inputs'])).toEqual([1, 2]);
  });

  it('a comment ends at a carriage return, as the editors read it', () => {
    expect(valueAt('{ // mine\r"a": 1 }', [])).toEqual({ a: 1 });
  });

  it('a comment that ends its line is not joined with what follows', () => {
    const text = '{"a": 1, // one\n"memhold": 2}';
    expect(valueAt(withoutValue(text, ['memhold']), [])).toEqual({ a: 1 });
    expect(withoutValue(text, ['memhold'])).toContain('// one');
  });

  it('what the file says of memhold is replaced where it stands', () => {
    const text = '{ "mcpServers": { "memhold": { "args": ["mcp"] }, "b": {} } }';
    const after = withEntry(text, 'mcpServers', entry);
    expect(JSON.parse(after)).toEqual({ mcpServers: { memhold: entry, b: {} } });
    expect(withEntry(after, 'mcpServers', entry)).toBe(after);
    expect(JSON.parse(withoutEntry(after, 'mcpServers'))).toEqual({ mcpServers: { b: {} } });
  });

  it('a server of that name that is somebody else’s stays', () => {
    const text = '{ "mcpServers": { "memhold": { "command": "other" } } }';
    expect(() => withEntry(text, 'mcpServers', entry)).toThrow(/not Memhold's/);
    expect(() => withoutEntry(text, 'mcpServers')).toThrow(/not Memhold's/);
  });

  it.each([
    ['[]', /no object/],
    ['{', /line 1/],
    ['{\n"a": }', /line 2/],
    ['{"a": 1} x', /line 1/],
    ['{"mcpServers": []}', /no object/],
    ['{"mcpServers": {}, "mcpServers": {}}', /twice/],
    ['{"mcpServers": '.repeat(300), /deeply/],
    ['{"a": "\\q"}', /no JSON/],
    ['{"a": 1.2.3}', /no JSON/],
    ['{\u00a0"a": 1}', /no JSON/],
  ])('a file that it does not understand is refused: %s', (text, reason) => {
    const edit = () => valueAt(withValue(text, path, entry), []);
    expect(edit).toThrow(reason);
    expect(edit).toThrow(JsonTextError);
    expect(() => withEntry(text, 'mcpServers', entry)).toThrow(/cannot be edited/);
  });

  it('no text at all makes it fail otherwise', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '"mcpServers"',
      '"memhold"',
      ':',
      ',',
      '//',
      '/*',
      '*/',
      '\n',
      '1',
      '[',
      ']',
      '"',
      '\\',
      ' ',
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 14 }).map((all) => all.join('')),
        (text) => {
          try {
            const after = withValue(text, path, entry);
            expect(valueAt(after, path)).toEqual(entry);
            valueAt(after, []);
          } catch (error) {
            expect(error).toBeInstanceOf(JsonTextError);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
