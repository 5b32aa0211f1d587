import {
  type BareItem,
  type InnerList,
  type Item,
  isInnerList,
  type Parameters,
  serializeInnerList,
  serializeItem,
} from 'structured-headers';
import { derivedComponent } from './derived-components.ts';
import { SignatureRefused } from './errors.ts';
import { combinedField, fieldComponent } from './header-fields.ts';
import type { SignedRequest } from './signed-request.ts';
import { canonicalDictionary, type FieldType, STRUCTURED_FIELDS } from './structured-fields.ts';

/** A component identifier: a lower-case field name or a derived component's, with its parameters. */
export type Component = [name: string, parameters: Parameters];

/** One labelled signature of a message, nothing of it proved. */
export interface MessageSignature {
  label: string;
  components: Component[];
  params: Parameters;
  signature: Uint8Array;
}

const MOST_LABELS = 4;
const MOST_COMPONENTS = 32;
/** Of both fields together, in characters. */
const LONGEST_FIELDS = 8192;

export function component(name: string, parameters: Record<string, BareItem> = {}): Component {
  return [name, new Map(Object.entries(parameters))];
}

/** The value of `@signature-params`, which is also the member of Signature-Input (RFC 9421 §2.3). */
export function signatureParams(components: readonly Component[], params: Parameters): string {
  return serializeInnerList([components as Item[], params]);
}

const FIELD_NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;

/**
 * The signature base (RFC 9421 §2.5): printable ASCII and tabs, lines parted by `\n`.
 * @param types structured fields of which `sf` and `key` may speak
 * @throws SignatureRefused `signature_malformed` for what cannot be signed so, `signature_wrong` for what is not in
 * the request
 */
export function signatureBase(
  request: SignedRequest,
  components: readonly Component[],
  params: Parameters,
  types: ReadonlyMap<string, FieldType> = STRUCTURED_FIELDS,
): string {
  const lines: string[] = [];
  const seen = new Set<string>();
  for (const one of components) {
    const [name, parameters] = one;
    const value = componentValue(request, one, types);
    // The order of its parameters does not make it another component.
    const identity = serializeItem([name, new Map([...parameters].sort(([a], [b]) => (a < b ? -1 : 1)))]);
    if (seen.has(identity)) throw new SignatureRefused('signature_malformed');
    seen.add(identity);
    lines.push(`${serializeItem(one)}: ${value}`);
  }
  return [...lines, `"@signature-params": ${signatureParams(components, params)}`].join('\n');
}

function componentValue(
  request: SignedRequest,
  [name, parameters]: Component,
  types: ReadonlyMap<string, FieldType>,
): string {
  if (name.startsWith('@')) return derivedComponent(request, name, parameters);
  if (!FIELD_NAME.test(name)) throw new SignatureRefused('signature_malformed');
  return fieldComponent(request.rawHeaders, name, parameters, types);
}

/**
 * Reads Signature-Input and Signature (RFC 9421 §4); none when the request has neither.
 * @throws SignatureRefused `signature_malformed`, also for what has two readings or is longer than anybody needs
 */
export function parseSignatures(rawHeaders: readonly string[]): MessageSignature[] {
  const input = combinedField(rawHeaders, 'signature-input');
  const values = combinedField(rawHeaders, 'signature');
  if (input === undefined && values === undefined) return [];
  if (!input || !values || input.length + values.length > LONGEST_FIELDS)
    throw new SignatureRefused('signature_malformed');
  const inputs = canonicalDictionary(input);
  const signatures = canonicalDictionary(values);
  if (inputs.size !== signatures.size || inputs.size > MOST_LABELS)
    throw new SignatureRefused('signature_malformed');
  return [...inputs].map(([label, member]) => labelled(label, member, signatures.get(label)));
}

function labelled(
  label: string,
  input: Item | InnerList,
  value: Item | InnerList | undefined,
): MessageSignature {
  if (!isInnerList(input) || value === undefined || isInnerList(value))
    throw new SignatureRefused('signature_malformed');
  const [items, params] = input;
  const [bytes, extras] = value;
  if (!(bytes instanceof ArrayBuffer) || extras.size > 0 || items.length > MOST_COMPONENTS)
    throw new SignatureRefused('signature_malformed');
  const components = items.map(([name, parameters]): Component => {
    if (typeof name !== 'string') throw new SignatureRefused('signature_malformed');
    return [name, parameters];
  });
  return { label, components, params, signature: new Uint8Array(bytes) };
}
