/** An element of a document that was read. */
export interface MarkupElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly MarkupElement[];
}

const token = /<\?xml [^>]*\?>|<(\/?)([A-Za-z][\w-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/y;
const character = /&(?:amp|lt|gt|quot|#39);|[^&]/gu;
// XML 1.0, production 2.
const allowed = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;

/** Reads the XML that a report may consist of, and nothing else: throws where it is not well formed. */
export function readMarkup(text: string): MarkupElement[] {
  const roots: MarkupElement[] = [];
  const open: { name: string; children: MarkupElement[] }[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const found = token.exec(text);
    if (found === null) throw new Error(`no markup: ${text.slice(at, at + 80)}`);
    const [, end, name, attributes = '', empty, words] = found;
    if (words !== undefined) checked(words);
    if (name === undefined) continue;
    if (end !== '') {
      if (open.pop()?.name !== name) throw new Error(`</${name}> ends nothing`);
      continue;
    }
    const element = { name, attributes: attributesIn(attributes), children: [] };
    (open.at(-1)?.children ?? roots).push(element);
    if (empty === '') open.push(element);
  }
  if (open.length > 0) throw new Error(`<${open.at(-1)!.name}> does not end`);
  return roots;
}

function attributesIn(text: string): Record<string, string> {
  const all = [...text.matchAll(/([\w:-]+)="([^"]*)"/g)].map(([, name, value]) => [name!, checked(value!)]);
  if (new Set(all.map(([name]) => name)).size < all.length) throw new Error(`an attribute twice: ${text}`);
  return Object.fromEntries(all);
}

function checked(text: string): string {
  if (text.replace(character, '') !== '' || !allowed.test(text)) throw new Error(`no text: ${text}`);
  return text;
}
