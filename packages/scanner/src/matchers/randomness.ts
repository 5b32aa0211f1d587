/** Shannon entropy of the string's code units, in bits per unit. 0 for the empty string. */
export function entropy(value: string): number {
  const counts = new Map<number, number>();
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  let bits = 0;
  for (const count of counts.values()) bits -= (count / value.length) * Math.log2(count / value.length);
  return bits;
}

// Long or exact enough that a random token holds one less than once in a million: `xxxx` in any case does not do.
const caseless = /example|placeholder|redacted/i;
const exactCase = /dummy|DUMMY|(?:your|Your|YOUR)[-_]|x{5}|X{5}|0{7}|\.{4}|\*{4}/;

/** Whether a token's body is a stand-in of documentation: a telling word, or hardly any different characters. */
export function isStandIn(body: string): boolean {
  if (caseless.test(body) || exactCase.test(body)) return true;
  return new Set(body.toLowerCase()).size <= Math.min(4, body.length / 4);
}

/** Whether six or more characters in a row count up by one (`abcdef`, `123456`): typed by a person. */
export function hasSequence(body: string): boolean {
  let length = 1;
  for (let i = 1; i < body.length; i++) {
    length = body.charCodeAt(i) === body.charCodeAt(i - 1) + 1 ? length + 1 : 1;
    if (length >= 6) return true;
  }
  return false;
}
