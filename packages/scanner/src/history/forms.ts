/** One way in which a value may stand in bytes: ASCII or not, one character for each byte. */
export interface Form {
  readonly bytes: string;
  readonly anyCase: boolean;
  /** Counts only where no letter or digit goes on before or after it. */
  readonly apart: boolean;
}

/** Below, a part of a longer word would be taken for the value. */
const tellingLength = 20;
/** Below, the encoded forms of a value stand in many places by chance. */
const shortestEncoded = 12;

/**
 * Whether a value can be told from other words wherever it stands. What cannot, `postgres` as a password for instance,
 * is a secret only where the scanner sees that it is used as one.
 */
export function isTelling(value: string): boolean {
  const line = tellingLine(value);
  const isMixed = /\d/.test(line) && /[^\da-z]/.test(line);
  return line.length >= shortestEncoded || (line.length >= 8 && isMixed);
}

/**
 * The forms of a value that are looked for: as it is, in UTF-16, as base64 wherever in the encoded text it begins
 * (RFC 4648, both alphabets), as hexadecimal digits, and escaped for JSON and URLs. Of a value of several lines, such as
 * a private key, its longest line stands for it, and of equals the last: the first may be the same in every key.
 */
export function formsOf(value: string): Form[] {
  const line = tellingLine(value);
  const plain = Buffer.from(line);
  const forms: Form[] = [form(plain.toString('latin1'), { apart: line.length < tellingLength })];
  if (plain.length < shortestEncoded) return forms;
  const little = Buffer.from(line, 'utf16le');
  forms.push(form(little.toString('latin1')));
  forms.push(form(Buffer.from(little).swap16().toString('latin1')));
  for (const inBase64 of base64Forms(plain)) {
    forms.push(form(inBase64));
    const inUrl = inBase64.replaceAll('+', '-').replaceAll('/', '_');
    if (inUrl !== inBase64) forms.push(form(inUrl));
  }
  forms.push(form(plain.toString('hex'), { anyCase: true }));
  const escaped = [JSON.stringify(line).slice(1, -1), encodeURIComponent(line.toWellFormed())];
  escaped.push(escaped[1]!.replace(/%../g, (one) => one.toLowerCase()));
  for (const text of new Set(escaped))
    if (text !== line) forms.push(form(Buffer.from(text).toString('latin1')));
  return forms;
}

const form = (bytes: string, { anyCase = false, apart = false } = {}): Form => ({ bytes, anyCase, apart });

function tellingLine(value: string): string {
  const lines = value.split(/\r\n|\r|\n/).map((line) => line.trim());
  return lines.reduce((best, line) => (line.length >= best.length ? line : best), '');
}

/** What of the encoded text depends on the bytes alone, for each place in a group of three where they may begin. */
function base64Forms(bytes: Buffer): string[] {
  return [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const isWhole = (offset + bytes.length) % 3 === 0;
    return encoded.slice([0, 2, 3][offset], isWhole ? undefined : -1);
  });
}
