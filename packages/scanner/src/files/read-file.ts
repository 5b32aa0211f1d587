import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { reasonOfSize } from './archive-kind.ts';
import { headLength } from './decode.ts';
import type { SkipReason } from './place.ts';

export type ReadResult = { readonly bytes: Buffer } | { readonly skip: SkipReason };

/** How many bytes are read of content that begins like this. */
export type SizeLimit = (head: Buffer) => number;

// Undefined on Windows, where opening does not follow into a pipe.
const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

const usualSize = 1 << 16;
/** What few files need must not stay until the end of the scan, nor until somebody collects it. */
const largestKept = 1 << 20;
let scratch = Buffer.allocUnsafeSlow(usualSize);

/**
 * Reads a regular file of at most `limit(head)` bytes; never a link, a pipe or a device, even when it took the
 * place of a file just now. The bytes are valid until the next call. Never throws.
 */
export function readRegularFile(path: string | Buffer, limit: SizeLimit): ReadResult {
  let file: number | undefined;
  if (scratch.length > largestKept) release();
  try {
    file = openSync(path, flags);
    const stat = fstatSync(file);
    if (!stat.isFile()) return { skip: 'special-file' };
    let length = fill(file, 0, headLength, stat.size);
    const head = scratch.subarray(0, length);
    const maximum = limit(head);
    if (stat.size > maximum) return { skip: reasonOfSize(head) };
    if (length === headLength) {
      // One byte more than is allowed: it tells a file that grew, or never told its size.
      grow(Math.min(stat.size, maximum) + 1);
      for (;;) {
        const read = fill(file, length, Math.min(scratch.length, maximum + 1), stat.size);
        if (read === length) break;
        length = read;
        if (length > maximum) return { skip: 'too-large' };
        if (length === stat.size && length < scratch.length) break;
        if (length === scratch.length) grow(Math.min(length * 2, maximum + 1));
      }
    }
    return { bytes: scratch.subarray(0, length) };
  } catch (error) {
    return { skip: reasonOf((error as NodeJS.ErrnoException).code) };
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/**
 * Reads until `to` or the end. The end is where reading gives nothing, or less than was asked for exactly where the
 * file ends by its size: most files are short, and need one call in place of two.
 * @returns how far the scratch space is filled
 */
function fill(file: number, from: number, to: number, size: number): number {
  let length = from;
  while (length < to) {
    const read = readSync(file, scratch, length, to - length, null);
    length += read;
    if (read === 0 || (length === size && length < to)) break;
  }
  return length;
}

function release(): void {
  const { buffer } = scratch;
  scratch = Buffer.allocUnsafeSlow(usualSize);
  // Frees it at once. Node 20 does not have it, and frees it later.
  if (buffer instanceof ArrayBuffer) buffer.transfer?.(0);
}

function grow(size: number): void {
  if (scratch.length >= size) return;
  const larger = Buffer.allocUnsafeSlow(Math.ceil(size / 65536) * 65536);
  scratch.copy(larger);
  scratch = larger;
}

function reasonOf(code: string | undefined): SkipReason {
  if (code === 'ELOOP') return 'symbolic-link';
  if (code === 'ENXIO') return 'special-file';
  return code === 'ENOENT' ? 'missing' : 'unreadable';
}
