import { isUtf8 } from 'node:buffer';

type Marked = 'utf-16le' | 'utf-16be' | 'utf-32le' | 'utf-32be';
export type Encoding = 'utf-8' | 'latin-1' | Marked;

export interface Decoded {
  readonly text: string;
  readonly encoding: Encoding;
}

/** How much of a file tells whether it is binary; git looks at the first 8,000 bytes. */
export const headLength = 8192;

/** Bytes with a NUL near their start are binary: as characters where a byte order mark says UTF-16 or UTF-32. */
export function isBinary(bytes: Buffer): boolean {
  const head = bytes.subarray(0, headLength);
  return byteOrder(bytes) === undefined ? head.includes(0) : decode(head).text.includes('\0');
}

/** As many printable ASCII bytes in a row are a token, and rare in UTF-16 of any script. */
const plainRun = /[\t\n\r -~]{12}/;

/**
 * All that bytes which are not binary may say: their text, and where they bear the mark of UTF-16 or UTF-32 and parts of
 * them are plain bytes all the same, these too. Editors and shells read such a file as what it is.
 */
export function readings(bytes: Buffer): Decoded[] {
  const marked = decode(bytes);
  if (byteOrder(bytes) === undefined) return [marked];
  const plain = bytes.toString('latin1');
  return plainRun.test(plain) ? [marked, { text: plain, encoding: 'latin-1' }] : [marked];
}

/**
 * The text of bytes that are not binary. What is neither UTF-8 nor marked as another is read as latin-1, in which
 * every byte is a character: tokens are ASCII and survive, and columns may differ from what an editor shows.
 */
export function decode(bytes: Buffer): Decoded {
  const order = byteOrder(bytes);
  if (order === 'utf-16le') return { text: bytes.toString('utf16le', 2), encoding: order };
  if (order === 'utf-16be') return { text: bigEndian(bytes), encoding: order };
  if (order !== undefined) return { text: wide(bytes, order), encoding: order };
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  if (isUtf8(bytes)) return { text: bytes.toString('utf8', start), encoding: 'utf-8' };
  return { text: bytes.toString('latin1'), encoding: 'latin-1' };
}

function byteOrder(bytes: Buffer): Marked | undefined {
  const [a, b, c, d] = bytes;
  if (a === 0xff && b === 0xfe && c === 0 && d === 0) return 'utf-32le';
  if (a === 0 && b === 0 && c === 0xfe && d === 0xff) return 'utf-32be';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : undefined;
}

function bigEndian(bytes: Buffer): string {
  const even = bytes.length - (bytes.length % 2);
  return Buffer.from(bytes.subarray(2, even)).swap16().toString('utf16le');
}

/** What is no character becomes U+FFFD, as in the other encodings; half a unit at the end is left out. */
function wide(bytes: Buffer, order: 'utf-32le' | 'utf-32be'): string {
  const units = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  for (let at = 4; at + 4 <= bytes.length; at += 4) {
    const code = order === 'utf-32le' ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
    if (code > 0xffff && code <= 0x10ffff) {
      length = units.writeUInt16LE(0xd7c0 + (code >> 10), length);
      length = units.writeUInt16LE(0xdc00 + (code & 0x3ff), length);
    } else length = units.writeUInt16LE(code > 0xffff ? 0xfffd : code, length);
  }
  return units.toString('utf16le', 0, length);
}
