/*
 * Tells text from other bytes while they come in, so that a picture or a hash costs its first bytes only. UTF-8
 * (RFC 3629, without the finer rules about overlong forms), or UTF-16LE of mostly ASCII, as PowerShell has it.
 */

/** A stray control character is forgiven once in so many bytes, after the beginning. */
const bytesPerStray = 16;
const beginning = 16;

export interface TextCheck {
  /** Bytes that are text so far, without a character that is cut off. */
  good: number;
  isUtf16: boolean;
  /** Bytes taken, continuation bytes that are to come, strays so far. */
  taken: number;
  due: number;
  strays: number;
}

export const startCheck = (): TextCheck => ({ good: 0, isUtf16: false, taken: 0, due: 0, strays: 0 });

/** Takes one byte; false when what came so far is not text any more. */
export function takeByte(check: TextCheck, byte: number): boolean {
  const index = check.taken++;
  if (index === 1 && byte === 0) check.isUtf16 = true;
  if (check.isUtf16) {
    const isRight = index % 2 === 1 ? byte === 0 : isPlainByte(byte);
    if (!isRight) return false;
    check.good = check.taken & ~1;
    return true;
  }
  if (check.due > 0) {
    check.due--;
    if (byte >> 6 !== 0b10) return isForgiven(check);
    if (check.due === 0) check.good = check.taken;
    return true;
  }
  if (isPlainByte(byte)) {
    check.good = check.taken;
    return true;
  }
  check.due = continuationsOf(byte);
  return check.due > 0 || isForgiven(check);
}

/** Printable ASCII, or white space. */
export const isPlainByte = (byte: number) => (byte >= 32 && byte < 127) || (byte >= 9 && byte <= 13);

function continuationsOf(byte: number): number {
  if (byte >= 0xc2 && byte <= 0xdf) return 1;
  if (byte >= 0xe0 && byte <= 0xef) return 2;
  return byte >= 0xf0 && byte <= 0xf4 ? 3 : 0;
}

function isForgiven(check: TextCheck): boolean {
  check.due = 0;
  check.strays++;
  return check.taken > beginning && check.strays * bytesPerStray <= check.taken;
}
