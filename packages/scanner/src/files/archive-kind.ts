import { isBinary } from './decode.ts';
import type { SkipReason } from './place.ts';
import { isTar } from './tar.ts';

export type ArchiveKind = 'zip' | 'gzip' | 'tar' | 'unsupported';

const startsWith = (bytes: Buffer, ...start: number[]) => start.every((byte, i) => bytes[i] === byte);

/** What kind of archive begins like this; undefined: none. */
export function archiveKind(bytes: Buffer): ArchiveKind | undefined {
  // Also of an empty zip file, and of one that is split.
  if (startsWith(bytes, 0x50, 0x4b, 3, 4) || startsWith(bytes, 0x50, 0x4b, 5, 6)) return 'zip';
  if (startsWith(bytes, 0x1f, 0x8b, 8)) return 'gzip';
  if (isTar(bytes)) return 'tar';
  const isUnsupported =
    (startsWith(bytes, 0x42, 0x5a, 0x68) && bytes[3]! >= 0x31 && bytes[3]! <= 0x39 && bytes[4] === 0x31) || // bzip2
    startsWith(bytes, 0xfd, 0x37, 0x7a, 0x58, 0x5a, 0) || // xz
    startsWith(bytes, 0x28, 0xb5, 0x2f, 0xfd) || // zstd
    startsWith(bytes, 0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c) || // 7z
    startsWith(bytes, 0x52, 0x61, 0x72, 0x21, 0x1a, 7); // rar
  // A text may begin like one.
  return isUnsupported && isBinary(bytes) ? 'unsupported' : undefined;
}

/** Why content that begins like this and is larger than wanted is left out. */
export function reasonOfSize(head: Buffer): SkipReason {
  const kind = archiveKind(head);
  if (kind === 'unsupported') return 'unsupported-archive';
  // Before the look for a NUL: archives have some, and what is in them was asked for.
  if (kind !== undefined) return 'archive-too-large';
  return isBinary(head) ? 'binary' : 'too-large';
}
