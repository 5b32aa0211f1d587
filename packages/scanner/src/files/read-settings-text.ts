import { InvalidConfiguration } from './settings-shape.ts';

export type SettingsFormat = 'json' | 'yaml';

/** The value that the text of a settings file has. Never quotes the text. Throws InvalidConfiguration. */
export async function readSettingsText(text: string, format: SettingsFormat): Promise<unknown> {
  return format === 'json' ? readJson(text) : readYaml(text);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidConfiguration('it is no JSON: correct it');
  }
}

/** The library takes seconds for a hostile text of this size, and much longer for larger ones. */
const longestYaml = 128_000;

/**
 * YAML 1.2 with the core schema: one document, no aliases (a few hundred bytes of them can stand for gigabytes), no
 * tags beyond the schema's, no key twice. The library is loaded only now: most scans have no such file.
 */
async function readYaml(text: string): Promise<unknown> {
  if (text.length > longestYaml) {
    throw new InvalidConfiguration(
      `it has more than ${longestYaml} characters: keep it shorter, or write it as JSON in scan.json`,
    );
  }
  const { isMap, isScalar, LineCounter, parseDocument, visit } = await import('yaml');
  const lines = new LineCounter();
  let problem = 'is nested too deeply: simplify it';
  try {
    const document = parseDocument(text, {
      version: '1.2',
      schema: 'core',
      // Looked for below: the library compares each key with each other.
      uniqueKeys: false,
      // Pretty messages quote the text, and an example may be a secret.
      prettyErrors: false,
      lineCounter: lines,
      // With `silent` a second document would be passed over.
      logLevel: 'error',
    });
    const [complaint] = [...document.errors, ...document.warnings];
    if (complaint === undefined) {
      visit(document, {
        Node(_key, node) {
          // A tag can make anything of a value: a set has no keys to check.
          if (node.tag !== undefined || ('anchor' in node && node.anchor)) {
            throw new InvalidConfiguration(
              `it has a tag (!) or an anchor (&)${placeOf(node, lines)}: write the value as it is, a text in quotes`,
            );
          }
          if (!isMap(node)) return;
          const seen = new Set<unknown>();
          for (const { key } of node.items) {
            const name = isScalar(key) ? String(key.value) : key;
            if (seen.has(name)) {
              throw new InvalidConfiguration(`it has a key twice${placeOf(key, lines)}: keep one`);
            }
            seen.add(name);
          }
        },
      });
      problem = 'uses aliases (*name): write the values out';
      const value: unknown = document.toJS({ maxAliasCount: 0 });
      if (value === null) throw new InvalidConfiguration('it is empty: write settings, or remove it');
      return value;
    }
    problem = `is no YAML${placeOf({ range: complaint.pos }, lines)} (${complaint.code}): correct it there`;
  } catch (error) {
    if (error instanceof InvalidConfiguration) throw error;
  }
  throw new InvalidConfiguration(`it ${problem}`);
}

function placeOf(node: unknown, lines: { linePos(offset: number): { line: number; col: number } }): string {
  const offset = (node as { range?: readonly number[] | null } | null)?.range?.[0];
  if (offset === undefined) return '';
  const { line, col } = lines.linePos(offset);
  return ` at line ${line}, column ${col}`;
}
