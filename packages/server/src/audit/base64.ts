/**
 * Decodes standard base64 (RFC 4648 §4) strictly: padding required, no whitespace, no stray bits in the
 * last character, so that one byte string has exactly one accepted spelling.
 * Returns undefined where the text is anything else, or does not decode to `length` bytes when given.
 */
export function decodeBase64(text: string, length?: number): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  if (length !== undefined && bytes.length !== length) return undefined;
  return bytes.toString('base64') === text ? bytes : undefined;
}

/** Standard base64 with padding. */
export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
