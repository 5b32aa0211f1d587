import { isUtf8 } from 'node:buffer';
import type { ArchiveBudget } from './archive-budget.ts';
import { inflateMember } from './inflate.ts';
import type { SkipReason } from './place.ts';
import { hasUnlistedMember, type Span } from './zip-coverage.ts';

/** What reading an archive finds: the content of a member, what is wrong with it, or both. */
export interface Member {
  /** Empty for what concerns the archive itself. */
  readonly name: string;
  readonly bytes?: Buffer;
  readonly problem?: SkipReason;
}

const endOfDirectory = 0x06054b50;
const endLength = 22;
const directoryEntry = 0x02014b50;
const localHeader = 0x04034b50;
const signature = 0x05054b50;
const largeLocator = 0x07064b50;
const largeEndOfDirectory = 0x06064b50;
const longestComment = 65_535;
const marked64 = 0xffffffff;

interface Entry {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly storedSize: number;
  readonly size: number;
  readonly offset: number;
}

/**
 * Members of a zip file by its central directory (PKWARE APPNOTE 6.3.10, with zip64 sizes). Data before the
 * archive is allowed, as in self-extracting ones. What other readers could unpack and the directory does not list makes
 * the archive a broken one. Never throws.
 * @param largestMember bytes that a single member may have
 */
export function* readZip(bytes: Buffer, budget: ArchiveBudget, largestMember: number): Generator<Member> {
  const directory = findDirectory(bytes);
  if (directory === undefined) return yield { name: '', problem: 'broken-archive' };
  const { count, start, end, shift, isWhole } = directory;
  const spans: Span[] = [];
  let at = start;
  let listed = 0;
  // To the end of the directory, whatever it says of its length: readers differ in which of the two they believe.
  for (; at < end && !isSignature(bytes, at, end); listed++) {
    if (at + 46 > end || bytes.readUInt32LE(at) !== directoryEntry) {
      return yield { name: '', problem: 'broken-archive' };
    }
    const entry = entryAt(bytes, at);
    at += 46 + bytes.readUInt16LE(at + 28) + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
    const span = spanOf(bytes, entry, shift);
    if (span !== undefined) spans.push([entry.offset + shift, span[1]]);
    const isFolder = entry.name.endsWith('/');
    if (isFolder && entry.storedSize === 0) continue;
    const refusal = budget.admit();
    if (refusal !== undefined) return yield { name: '', problem: refusal };
    const content = contentOf(bytes, entry, span, budget, largestMember);
    // Some programs compress the nothing that a folder holds.
    if (isFolder && content.bytes?.length === 0 && content.problem === undefined) continue;
    yield { name: entry.name, ...content };
  }
  if (!isWhole || listed !== count || at > end || hasUnlistedMember(bytes, start, spans))
    yield { name: '', problem: 'broken-archive' };
}

/** A signature of the directory, its last part. */
function isSignature(bytes: Buffer, at: number, end: number): boolean {
  return at + 6 <= end && bytes.readUInt32LE(at) === signature && at + 6 + bytes.readUInt16LE(at + 4) === end;
}

interface Directory {
  readonly start: number;
  readonly end: number;
  readonly count: number;
  /** What was put before the archive, and offsets do not know of. */
  readonly shift: number;
  /** Whether the file ends where the archive does. */
  readonly isWhole: boolean;
}

function findDirectory(bytes: Buffer): Directory | undefined {
  const record = findEnd(bytes);
  if (record === -1) return undefined;
  const large = largeDirectory(bytes, record);
  const end = large?.end ?? record;
  const count = large?.count ?? bytes.readUInt16LE(record + 10);
  const size = large?.size ?? bytes.readUInt32LE(record + 12);
  const offset = large?.offset ?? bytes.readUInt32LE(record + 16);
  const start = end - size;
  const isWhole = record + endLength + bytes.readUInt16LE(record + 20) === bytes.length;
  return start < offset || start < 0 ? undefined : { start, end, count, shift: start - offset, isWhole };
}

/** The zip64 end record, by the locator that stands right before the other one. */
function largeDirectory(bytes: Buffer, record: number) {
  const locator = record - 20;
  if (locator < 0 || bytes.readUInt32LE(locator) !== largeLocator) return undefined;
  const end = Number(bytes.readBigUInt64LE(locator + 8));
  if (end + 56 > bytes.length || bytes.readUInt32LE(end) !== largeEndOfDirectory) return undefined;
  const numberAt = (at: number) => Number(bytes.readBigUInt64LE(end + at));
  return { end, count: numberAt(32), size: numberAt(40), offset: numberAt(48) };
}

function findEnd(bytes: Buffer): number {
  const lowest = Math.max(0, bytes.length - endLength - longestComment);
  for (let at = bytes.length - endLength; at >= lowest; at--) {
    if (bytes[at] === 0x50 && bytes.readUInt32LE(at) === endOfDirectory) return at;
  }
  return -1;
}

function entryAt(bytes: Buffer, at: number): Entry {
  const nameLength = bytes.readUInt16LE(at + 28);
  const rawName = bytes.subarray(at + 46, at + 46 + nameLength);
  const entry = {
    name: rawName.toString(isUtf8(rawName) ? 'utf8' : 'latin1'),
    flags: bytes.readUInt16LE(at + 8),
    method: bytes.readUInt16LE(at + 10),
    storedSize: bytes.readUInt32LE(at + 20),
    size: bytes.readUInt32LE(at + 24),
    offset: bytes.readUInt32LE(at + 42),
  };
  const extra = bytes.subarray(at + 46 + nameLength, at + 46 + nameLength + bytes.readUInt16LE(at + 30));
  return withLargeSizes(entry, extra);
}

/** Takes the sizes that do not fit from the zip64 extra field, where they stand in this order. */
function withLargeSizes(entry: Entry, extra: Buffer): Entry {
  const large: Record<'size' | 'storedSize' | 'offset', number> = { ...entry };
  for (let at = 0; at + 4 <= extra.length; ) {
    const end = at + 4 + extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === 1) {
      let next = at + 4;
      for (const field of ['size', 'storedSize', 'offset'] as const) {
        if (large[field] !== marked64 || next + 8 > Math.min(end, extra.length)) continue;
        large[field] = Number(extra.readBigUInt64LE(next));
        next += 8;
      }
    }
    at = end;
  }
  return { ...entry, ...large };
}

/** Where a member's content is stored; undefined where there is none, or not as much as the directory says. */
function spanOf(bytes: Buffer, { storedSize, offset }: Entry, shift: number): Span | undefined {
  const header = offset + shift;
  if (header + 30 > bytes.length || bytes.readUInt32LE(header) !== localHeader) return undefined;
  const start = header + 30 + bytes.readUInt16LE(header + 26) + bytes.readUInt16LE(header + 28);
  return start + storedSize > bytes.length ? undefined : [start, start + storedSize];
}

function contentOf(
  bytes: Buffer,
  { flags, method, size }: Entry,
  span: Span | undefined,
  budget: ArchiveBudget,
  largestMember: number,
): Omit<Member, 'name'> {
  if (span === undefined) return { problem: 'broken-archive' };
  if ((flags & 1) !== 0) return { problem: 'encrypted-archive' };
  const stored = bytes.subarray(...span);
  const maximum = Math.min(budget.bytesLeft, largestMember);
  if (size > maximum) return { problem: size > largestMember ? 'too-large' : 'archive-too-large' };
  if (method === 0) {
    if (stored.length > maximum) return { problem: 'archive-too-large' };
    budget.spend(stored.length);
    return { bytes: stored };
  }
  if (method !== 8) return { problem: 'archive-method' };
  const inflated = inflateMember(stored, maximum);
  budget.spend(inflated.bytes?.length ?? (inflated.problem === 'archive-too-large' ? maximum : 0));
  return inflated;
}
