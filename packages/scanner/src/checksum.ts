const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

const crcTable = new Uint32Array(256).map((_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0xedb88320 : 0);
  return remainder;
});

/** CRC-32 (ISO 3309, as in zlib) of an ASCII string. Written out: `zlib.crc32` is newer than Node 20.0. */
export function crc32(ascii: string): number {
  let crc = 0xffffffff;
  for (let i = 0; i < ascii.length; i++) crc = (crc >>> 8) ^ crcTable[(crc ^ ascii.charCodeAt(i)) & 0xff]!;
  return (crc ^ 0xffffffff) >>> 0;
}

/**
 * Six base62 digits of the CRC-32, as GitHub and npm tokens end with.
 * Source: https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/
 */
export function base62Checksum(body: string): string {
  let rest = crc32(body);
  let digits = '';
  for (let i = 0; i < 6; i++) {
    digits = base62[rest % 62]! + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}

/** Whether the last six characters are the checksum of those before. */
export function hasBase62Checksum(body: string): boolean {
  return body.slice(-6) === base62Checksum(body.slice(0, -6));
}

/** Luhn check digit (ISO/IEC 7812-1) of a string of digits. */
export function hasLuhnChecksum(digits: string): boolean {
  let sum = 0;
  for (let i = digits.length - 1, isDoubled = false; i >= 0; i--, isDoubled = !isDoubled) {
    const digit = digits.charCodeAt(i) - 48;
    const doubled = digit > 4 ? digit * 2 - 9 : digit * 2;
    sum += isDoubled ? doubled : digit;
  }
  return sum % 10 === 0;
}
