/** A file in a bundle. */
export interface TarEntry {
  name: string;
  /** Bytes. */
  size: number;
  /** Seconds since 1970. */
  time: number;
}

export const BLOCK = 512;
/** Two empty blocks end an archive (POSIX.1-1988, ustar). */
export const TAR_END = Buffer.alloc(2 * BLOCK);
/** What can stand in the octal digits; beyond it the size is written as GNU tar, bsdtar and Python read it. */
const MOST_OCTAL = 8 ** 11 - 1;
const MAGIC = 'ustar\0';
const MAGIC_AT = 257;
const SIZE_AT = 124;
const SIZE_FIELD = 12;
const TIME_AT = 136;
const CHECKSUM_AT = 148;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/**
 * The header block of a plain file of ours (ustar): rights 0600, no owner, no folder in its name. There is one
 * spelling for each entry, so that a reader which writes it again finds whatever was changed.
 * Throws RangeError for a name or number that has none.
 */
export function tarHeader({ name, size, time }: TarEntry): Buffer {
  if (!NAME.test(name) || !Number.isSafeInteger(size) || size < 0 || !(time >= 0 && time <= MOST_OCTAL))
    throw new RangeError('a tar entry has a plain name, a size and a time');
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, digits: number) =>
    block.write(`${value.toString(8).padStart(digits, '0')}\0`, at, 'latin1');
  block.write(name, 0, 'latin1');
  octal(0o600, 100, 7);
  octal(0, 108, 7);
  octal(0, 116, 7);
  if (size <= MOST_OCTAL) octal(size, SIZE_AT, 11);
  else {
    block[SIZE_AT] = 0x80;
    block.writeBigUInt64BE(BigInt(size), SIZE_AT + SIZE_FIELD - 8);
  }
  octal(time, TIME_AT, 11);
  block.fill(' ', CHECKSUM_AT, CHECKSUM_AT + 8);
  block.write('0', 156, 'latin1');
  block.write(`${MAGIC}00`, MAGIC_AT, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, CHECKSUM_AT, 'latin1');
  return block;
}

/** Reads a header block that `tarHeader` wrote; undefined for any other: links, folders, paths, other owners. */
export function parseTarHeader(block: Uint8Array): TarEntry | undefined {
  const bytes = Buffer.from(block.buffer, block.byteOffset, block.byteLength);
  if (bytes.length !== BLOCK) return undefined;
  const end = bytes.indexOf(0);
  const entry = {
    name: bytes.toString('latin1', 0, Math.max(end, 0)),
    size: sizeIn(bytes.subarray(SIZE_AT, SIZE_AT + SIZE_FIELD)),
    time: Number.parseInt(bytes.toString('latin1', TIME_AT, TIME_AT + 11), 8),
  };
  try {
    return tarHeader(entry).equals(bytes) ? entry : undefined;
  } catch {
    return undefined;
  }
}

function sizeIn(field: Buffer): number {
  if (field[0] === 0x80) return Number(field.readBigUInt64BE(SIZE_FIELD - 8));
  return Number.parseInt(field.toString('latin1', 0, 11), 8);
}

/** Bytes of zero that follow on a file of this size. */
export const paddingOf = (size: number): number => (BLOCK - (size % BLOCK)) % BLOCK;

/** Whether a file that begins with these bytes (262 or more) is an archive. */
export function isTar(start: Buffer): boolean {
  return start.toString('latin1', MAGIC_AT, MAGIC_AT + 5) === 'ustar';
}
