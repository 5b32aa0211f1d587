/*
 * Edits of YAML by its lines, so that comments and layout stay as people wrote them. Only plain block style is
 * understood; who calls parses what came of it, and drops it where it is not what was meant.
 */

/** Where something is written in block style: the end of its line, and how its children are indented. */
export interface BlockKey {
  /** Offset behind the line break. */
  readonly after: number;
  readonly childIndent: string;
}

/** A line with nothing on it, or a comment. */
export const isBlank = (line: string) => /^[ \t]*(?:#.*)?\r?$/.test(line);

/**
 * Finds a key whose value is written below it. `undefined` where it is not there, 'unclear' where it is there twice or its value
 * stands on the same line.
 * @param within only among the children of this one
 */
export function findKey(text: string, key: string, within?: BlockKey): BlockKey | undefined | 'unclear' {
  const indent = within?.childIndent ?? '';
  let found: BlockKey | undefined;
  let at = within?.after ?? 0;
  for (const whole of text.slice(at).match(/[^\n]*\n|[^\n]+$/g) ?? []) {
    const line = whole.replace(/\r?\n$/, '');
    const end = at + whole.length;
    at = end;
    if (isBlank(line)) continue;
    if (!line.startsWith(indent)) break;
    const [, rest] = lineOf(key).exec(line.slice(indent.length)) ?? [];
    if (rest === undefined) continue;
    if (found !== undefined || !isBlank(rest) || !whole.endsWith('\n')) return 'unclear';
    found = { after: end, childIndent: childIndentAt(text, end, indent) };
  }
  return found;
}

const lineOf = (key: string) => new RegExp(`^(?:${key}|"${key}"|'${key}')[ \\t]*:([ \\t].*|)$`);

function childIndentAt(text: string, from: number, indent: string): string {
  const next = text
    .slice(from)
    .split(/\r?\n/)
    .find((line) => !isBlank(line));
  const own = /^[ \t]*/.exec(next ?? '')![0];
  const isChild = own.length > indent.length || (own === indent && next?.startsWith(`${indent}- `) === true);
  return isChild ? own : `${indent}  `;
}

/** The text with these lines put in at an offset, each indented. */
export function insertLines(text: string, at: number, lines: readonly string[], indent: string): string {
  const lineBreak = text.includes('\r\n') ? '\r\n' : '\n';
  const before = text.slice(0, at);
  const gap = before === '' || before.endsWith('\n') ? '' : lineBreak;
  const block = lines.map((line) => `${indent}${line}${lineBreak}`).join('');
  return before + gap + block + text.slice(at);
}

/** The text without these lines, wherever and however indented they stand together; undefined where they do not. */
export function removeLines(text: string, lines: readonly string[]): string | undefined {
  const all = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const plain = all.map((line) => line.replace(/\r?\n$/, ''));
  for (let i = 0; i + lines.length <= plain.length; i++) {
    const indent = /^ */.exec(plain[i]!)![0];
    if (lines.every((line, k) => plain[i + k] === indent + line))
      return [...all.slice(0, i), ...all.slice(i + lines.length)].join('');
  }
  return undefined;
}
