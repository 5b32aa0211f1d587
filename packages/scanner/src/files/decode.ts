import { isUtf8 } from 'node:buffer';

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'latin-1';

export interface Decoded {
  readonly text: string;
  readonly encoding: Encoding;
}

/** How much of a file tells whether it is binary; git looks at the first 8,000 bytes. */
export const headLength = 8192;

/** Bytes with a NUL near their start are binary, unless a byte order mark says UTF-16. */
export function isBinary(bytes: Buffer): boolean {
  return byteOrder(bytes) === undefined && bytes.subarray(0, headLength).includes(0);
}

/**
 * The text of bytes that are not binary. What is neither UTF-8 nor marked as UTF-16 is read as latin-1, in which
 * every byte is a character: tokens are ASCII and survive, and columns may differ from what an editor shows.
 */
export function decode(bytes: Buffer): Decoded {
  const order = byteOrder(bytes);
  if (order === 'utf-16le') return { text: bytes.toString('utf16le', 2), encoding: order };
  if (order === 'utf-16be') return { text: bigEndian(bytes), encoding: order };
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  if (isUtf8(bytes)) return { text: bytes.toString('utf8', start), encoding: 'utf-8' };
  return { text: bytes.toString('latin1'), encoding: 'latin-1' };
}

function byteOrder(bytes: Buffer): 'utf-16le' | 'utf-16be' | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : undefined;
}

function bigEndian(bytes: Buffer): string {
  const even = bytes.length - (bytes.length % 2);
  return Buffer.from(bytes.subarray(2, even)).swap16().toString('utf16le');
}
