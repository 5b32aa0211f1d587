import { type Parameters, serializeByteSequence } from 'structured-headers';
import { SignatureRefused } from './errors.ts';
import { type FieldType, strictMember, strictValue, withoutOws } from './structured-fields.ts';

/** The values of each line of a field in the order they came, without surrounding whitespace and line folding. */
export function fieldLines(rawHeaders: readonly string[], name: string): string[] {
  const lines: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2)
    if (rawHeaders[i]!.toLowerCase() === name) lines.push(unfolded(rawHeaders[i + 1]!));
  return lines;
}

/** A field's combined value (RFC 9110 §5.2); undefined when the request has none. */
export function combinedField(rawHeaders: readonly string[], name: string): string | undefined {
  const lines = fieldLines(rawHeaders, name);
  return lines.length === 0 ? undefined : lines.join(', ');
}

/** RFC 9112 §5.2: a fold becomes one space. A line break that folds nothing would be a line of the signature base. */
function unfolded(value: string): string {
  const [first, ...folds] = value.split(/\r?\n/);
  if (folds.some((fold) => !/^[ \t]/.test(fold))) throw new SignatureRefused('signature_malformed');
  return withoutOws([first!, ...folds].map(withoutOws).join(' '));
}

/** What the signature base may hold: neither control characters nor bytes beyond ASCII (RFC 9421 §2.5). */
const PLAIN = /^[\t\x20-\x7e]*$/;
/** HTTP's bytes come as one character each; a value with others never came over HTTP. */
const BYTES = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * The component value of a header field with the parameters `sf`, `key` or `bs` (RFC 9421 §2.1).
 * @throws SignatureRefused `signature_malformed` for any other parameter, unreadable values and fields whose type is
 * not in `types`; `signature_wrong` for a field or member that the request does not have.
 */
export function fieldComponent(
  rawHeaders: readonly string[],
  name: string,
  parameters: Parameters,
  types: ReadonlyMap<string, FieldType>,
): string {
  const { sf, key, bs } = fieldParameters(parameters);
  const lines = fieldLines(rawHeaders, name);
  if (lines.length === 0) throw new SignatureRefused('signature_wrong');
  if (bs) return lines.map(byteSequence).join(', ');
  const value = lines.join(', ');
  if (!PLAIN.test(value)) throw new SignatureRefused('signature_malformed');
  if (!sf && key === undefined) return value;
  const type = types.get(name);
  if (type === undefined || (key !== undefined && type !== 'dictionary'))
    throw new SignatureRefused('signature_malformed');
  const strict = key === undefined ? strictValue(value, type) : strictMember(value, key);
  if (strict === undefined) throw new SignatureRefused('signature_wrong');
  return strict;
}

function fieldParameters(parameters: Parameters): { sf: boolean; bs: boolean; key: string | undefined } {
  for (const [name, value] of parameters) {
    const known =
      name === 'key' ? typeof value === 'string' : (name === 'sf' || name === 'bs') && value === true;
    if (!known) throw new SignatureRefused('signature_malformed');
  }
  const [sf, bs, key] = [parameters.has('sf'), parameters.has('bs'), parameters.get('key')];
  // `bs` wraps the lines as they are, the others need them parsed.
  if (bs && (sf || key !== undefined)) throw new SignatureRefused('signature_malformed');
  return { sf, bs, key: key as string | undefined };
}

function byteSequence(line: string): string {
  if (!BYTES.test(line)) throw new SignatureRefused('signature_malformed');
  return serializeByteSequence(Buffer.from(line, 'latin1'));
}
