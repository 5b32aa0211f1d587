import type { ArchiveBudget } from './archive-budget.ts';
import type { Member } from './zip.ts';

const block = 512;

const zeros = Buffer.alloc(block);

/**
 * Whether the first block is a tar header: `ustar` and what POSIX (a NUL) or GNU (two spaces and a NUL) put after
 * it, or, in the oldest format, which has no mark, a right checksum. Sources that merely speak of tar have no NUL there.
 */
export function isTar(bytes: Buffer): boolean {
  if (bytes.length < block) return false;
  const magic = bytes.toString('latin1', 257, 265);
  if (magic.startsWith('ustar\0') || magic === 'ustar  \0') return true;
  const header = bytes.subarray(0, block);
  return header[0] !== 0 && header.includes(0) && hasChecksum(header);
}

/**
 * Members of a tar file (POSIX pax and GNU formats) that are regular files. A file whose end is missing is
 * returned with what is there, and of files one behind another all are. Never throws.
 */
export function* readTar(bytes: Buffer, budget: ArchiveBudget): Generator<Member> {
  let at = 0;
  let longName: string | undefined;
  let longSize: number | undefined;
  let hasSparseMap = false;
  let isEnded = false;
  while (at + block <= bytes.length) {
    const header = bytes.subarray(at, at + block);
    // Blocks of zeros are the end, but a reader may be told to go on behind them.
    isEnded = header.equals(zeros);
    if (isEnded) {
      at += block;
      continue;
    }
    const size = longSize ?? numberAt(header, 124, 12);
    if (!hasChecksum(header) || !Number.isSafeInteger(size) || size < 0) {
      return yield { name: '', problem: 'broken-archive' };
    }
    const type = String.fromCharCode(header[156]!);
    at += block + (type === 'S' ? sparseHeaders(bytes, at) : 0);
    const content = bytes.subarray(at, at + size);
    const isCut = content.length < size;
    at += Math.ceil(size / block) * block;
    if (type === 'K') continue; // The long name of a link's target.
    if (type === 'x' || type === 'L') {
      const fields = type === 'x' ? paxFields(content) : { path: textOf(content) };
      longName = fields.path ?? longName;
      longSize = fields.size ?? longSize;
      hasSparseMap ||= fields.hasSparseMap === true;
    } else {
      const name = longName ?? nameOf(header);
      longName = undefined;
      longSize = undefined;
      if (isFile(type)) {
        const refusal = budget.admit();
        if (refusal !== undefined) return yield { name: '', problem: refusal };
        const own = hasSparseMap ? withoutSparseMap(content) : content;
        yield { name, bytes: own, ...(isCut && { problem: 'broken-archive' as const }) };
      } else if (size > 0 && type !== 'g') {
        // Also of links and folders, which have none: readers differ in what they do with it.
        yield { name, problem: 'archive-method' };
      }
      hasSparseMap = false;
    }
  }
  // The end is marked by zero blocks: where it was cut, they are missing, and members may be.
  if (!isEnded || !bytes.subarray(at).every((byte) => byte === 0))
    yield { name: '', problem: 'broken-archive' };
}

/** Regular files, written in one piece or not; what stands in a sparse one are its parts with content. */
const isFile = (type: string) => '0\x007S'.includes(type);
/** A field is text up to its first NUL. */
function textOf(field: Buffer): string {
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end === -1 ? field.length : end);
}

function nameOf(header: Buffer): string {
  const name = textOf(header.subarray(0, 100));
  const isPosix = header[262] === 0;
  const prefix = isPosix ? textOf(header.subarray(345, 500)) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** Octal digits, or with the top bit set a big-endian number (GNU). NaN when neither. */
function numberAt(header: Buffer, start: number, length: number): number {
  if ((header[start]! & 0x80) !== 0) {
    let value = header[start]! & 0x7f;
    for (let i = 1; i < length; i++) value = value * 256 + header[start + i]!;
    return value;
  }
  const digits = textOf(header.subarray(start, start + length)).trim();
  if (digits === '') return 0;
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN;
}

/** Bytes of further headers of a sparse file (GNU), between its header and its content. */
function sparseHeaders(bytes: Buffer, header: number): number {
  let end = header + block;
  for (let isFollowed = bytes[header + 482]; isFollowed === 1; end += block) isFollowed = bytes[end + 504];
  return end - header - block;
}

/** The list is the number of parts and two numbers for each, a line each, filled up to a whole block. */
function withoutSparseMap(content: Buffer): Buffer {
  const first = content.indexOf(10);
  const count = Number(content.toString('latin1', 0, Math.min(first, 20)));
  let end = first + 1;
  for (let line = 0; line < 2 * count && end > 0; line++) end = content.indexOf(10, end) + 1;
  return content.subarray(Math.ceil(end / block) * block);
}

function hasChecksum(header: Buffer): boolean {
  let sum = 0;
  // The field of the sum itself counts as spaces.
  for (let i = 0; i < block; i++) sum += i >= 148 && i < 156 ? 32 : header[i]!;
  return sum === numberAt(header, 148, 8);
}

interface PaxFields {
  path?: string;
  size?: number;
  /** The content begins with a list of its parts (GNU sparse format 1.0). */
  hasSparseMap?: boolean;
}

/** `<length> <key>=<value>\n` records of a pax header; the length counts bytes. */
function paxFields(content: Buffer): PaxFields {
  const fields: PaxFields = {};
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(32, at);
    const length = space === -1 || space - at > 12 ? 0 : Number(content.toString('latin1', at, space));
    if (!Number.isSafeInteger(length) || length <= space - at) break;
    const record = content.toString('utf8', space + 1, at + length);
    const equals = record.indexOf('=');
    const key = record.slice(0, equals);
    const value = record.slice(equals + 1).replace(/\n$/, '');
    if (key === 'path' || key === 'GNU.sparse.name') fields.path = value;
    if (key === 'GNU.sparse.major') fields.hasSparseMap = value === '1';
    if (key === 'size') fields.size = Number(value);
    at += length;
  }
  return fields;
}
