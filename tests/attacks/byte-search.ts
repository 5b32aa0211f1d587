import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Every form in which a program might leave a text behind. */
function forms(text: string): [form: string, bytes: Buffer][] {
  const utf8 = Buffer.from(text);
  const found: [string, Buffer][] = [
    ['utf-8', utf8],
    ['utf-16le', Buffer.from(text, 'utf16le')],
    ['hex', Buffer.from(utf8.toString('hex'))],
    ['HEX', Buffer.from(utf8.toString('hex').toUpperCase())],
    ['json', Buffer.from(JSON.stringify(text).slice(1, -1))],
  ];
  // Inside a longer text base64 looks different at each of three offsets; its first and last letters depend on the
  // neighbours, so only the middle is looked for.
  for (const offset of [0, 1, 2]) {
    const padded = Buffer.concat([Buffer.alloc(offset), utf8]);
    for (const encoding of ['base64', 'base64url'] as const) {
      const middle = padded
        .toString(encoding)
        .replace(/=+$/, '')
        .slice(offset === 0 ? 0 : 4, -2);
      if (middle.length >= 8) found.push([`${encoding}+${offset}`, Buffer.from(middle)]);
    }
  }
  return found;
}

export interface Haystack {
  name: string;
  bytes: Buffer;
}

/** Every file below a folder. */
export function filesBelow(folder: string): Haystack[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((name) => ({ name, bytes: readFileSync(name) }));
}

/** Where any of the texts stands in any form: `what (form) in file at byte`. */
export function occurrences(
  haystacks: readonly Haystack[],
  needles: Readonly<Record<string, string>>,
): string[] {
  const found: string[] = [];
  for (const [what, text] of Object.entries(needles)) {
    if (Buffer.byteLength(text) < 6) throw new Error(`${what} is too short to mean anything`);
    for (const [form, bytes] of forms(text))
      for (const { name, bytes: hay } of haystacks) {
        const at = hay.indexOf(bytes);
        if (at >= 0) found.push(`${what} (${form}) in ${name} at ${at}`);
      }
  }
  return found;
}
