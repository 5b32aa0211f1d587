import {
  type Dictionary,
  isInnerList,
  parseDictionary,
  parseItem,
  parseList,
  serializeDictionary,
  serializeInnerList,
  serializeItem,
  serializeList,
} from 'structured-headers';
import { SignatureRefused } from './errors.ts';

export type FieldType = 'dictionary' | 'list' | 'item';

/** The structured fields (RFC 9651) of requests that `sf` and `key` may name: of others the type is not known. */
export const STRUCTURED_FIELDS: ReadonlyMap<string, FieldType> = new Map([
  ['accept-signature', 'dictionary'],
  ['client-cert', 'item'],
  ['client-cert-chain', 'list'],
  ['content-digest', 'dictionary'],
  ['priority', 'dictionary'],
  ['repr-digest', 'dictionary'],
  ['signature', 'dictionary'],
  ['signature-input', 'dictionary'],
  ['want-content-digest', 'dictionary'],
  ['want-repr-digest', 'dictionary'],
]);

const STRICT: Record<FieldType, (text: string) => string> = {
  dictionary: (text) => serializeDictionary(parseDictionary(text)),
  list: (text) => serializeList(parseList(text)),
  item: (text) => serializeItem(parseItem(text)),
};

/** Strips what HTTP allows around a value. By hand: `trim` also takes U+00A0, and a pattern takes quadratic time. */
export function withoutOws(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isOws(text[start])) start++;
  while (end > start && isOws(text[end - 1])) end--;
  return text.slice(start, end);
}

function isOws(character: string | undefined): boolean {
  return character === ' ' || character === '\t';
}

/** Runs what throws on text that is no structured field. @throws SignatureRefused `signature_malformed` */
function reading<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new SignatureRefused('signature_malformed', { cause });
  }
}

/** The parser's numbers forget that `1.0` is a decimal and not the integer `1`. */
const WHOLE_DECIMAL = /\d\.0{1,3}(?!\d)/;

/** A field's value as RFC 9651 §4.1 writes it (RFC 9421 §2.1.1). @throws SignatureRefused `signature_malformed` */
export function strictValue(text: string, type: FieldType): string {
  if (WHOLE_DECIMAL.test(text)) throw new SignatureRefused('signature_malformed');
  return reading(() => STRICT[type](text));
}

/** One member of a dictionary field, as RFC 9651 §4.1 writes it (RFC 9421 §2.1.2); undefined when it is not there. */
export function strictMember(text: string, key: string): string | undefined {
  if (WHOLE_DECIMAL.test(text)) throw new SignatureRefused('signature_malformed');
  return reading(() => {
    const member = parseDictionary(text).get(key);
    if (member === undefined) return undefined;
    return isInnerList(member) ? serializeInnerList(member) : serializeItem(member);
  });
}

/**
 * Reads a dictionary that is spelled in the one way of RFC 9651 §4.1, but for whitespace around commas: a parser
 * takes the last of two equal keys, others may take the first, and a signature has only one spelling.
 * @throws SignatureRefused `signature_malformed`
 */
export function canonicalDictionary(text: string): Dictionary {
  return reading(() => {
    const dictionary = parseDictionary(text);
    if (withoutSpacing(serializeDictionary(dictionary)) !== withoutSpacing(text))
      throw new Error('not as RFC 9651 writes it');
    return dictionary;
  });
}

function withoutSpacing(text: string): string {
  return text.split(',').map(withoutOws).join(',');
}
