import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { isBinary } from '../files/decode.ts';
import { Intake, type IntakeOptions } from '../files/intake.ts';
import type { Place } from '../files/place.ts';
import { readRegularFile } from '../files/read-file.ts';
import { isCertain } from '../finding.ts';
import type { Scanner } from '../scan.ts';

const longestPointer = 1024;
const pointer =
  /^\s*version https:\/\/(?:git-lfs|hawser)\.github\.com\/spec\/v1\r?\n(?:[^\n]*\n)*?oid sha256:([0-9a-f]{64})\s/;

/** The large file that a pointer of Git LFS stands for: its SHA-256, in hex. */
export function largeFileIn(bytes: Buffer): string | undefined {
  return bytes.length <= longestPointer ? pointer.exec(bytes.toString('latin1'))?.[1] : undefined;
}

/**
 * Takes in what is pushed: also the text in binary files, because a NUL in front of a key must not hide it, and of a
 * pointer of Git LFS the large file that it stands for, which leaves with the same push by another way.
 * (github.com/git-lfs/git-lfs/blob/main/docs/spec.md)
 */
export class PushIntake extends Intake {
  readonly #scanner: Scanner;
  readonly #largeFiles: string;

  /** @param largeFiles folder of the objects of Git LFS, absolute */
  constructor(options: IntakeOptions, largeFiles: string) {
    super(options);
    this.#scanner = options.scanner;
    this.#largeFiles = largeFiles;
  }

  override take(place: Place, bytes: Buffer): void {
    super.take(place, bytes);
    this.#takeText(place, bytes);
    const id = largeFileIn(bytes);
    if (id !== undefined) this.#takeLargeFile(place, id);
  }

  /** Of a binary file only sure findings: random bytes look like many things. */
  #takeText(place: Place, bytes: Buffer): void {
    if (!isBinary(bytes) || bytes.length > this.sizeLimit(Buffer.alloc(0))) return;
    for (const text of new Set([bytes.toString('latin1'), ...wide(bytes)])) {
      const sure = this.#scanner(text).filter((one) => one.category === 'secret' && isCertain(one));
      for (const finding of sure) this.findings.add({ finding, place });
    }
  }

  #takeLargeFile(place: Place, id: string): void {
    const file = join(this.#largeFiles, id.slice(0, 2), id.slice(2, 4), id);
    try {
      const result = readRegularFile(realpathSync(file), this.sizeLimit);
      if ('bytes' in result) {
        super.take(place, result.bytes);
        this.#takeText(place, result.bytes);
      } else this.note(place, result.skip === 'special-file' ? 'unreadable' : result.skip);
    } catch (error) {
      const isElsewhere = (error as NodeJS.ErrnoException).code === 'ENOENT';
      this.note(place, isElsewhere ? 'large-file-elsewhere' : 'unreadable');
    }
  }
}

/** UTF-16 without its mark, in both byte orders, where about every other byte is zero. */
function wide(bytes: Buffer): string[] {
  const head = bytes.subarray(0, 4096);
  let zeros = 0;
  for (const byte of head) if (byte === 0) zeros++;
  if (zeros * 3 < head.length) return [];
  const even = bytes.subarray(0, bytes.length - (bytes.length % 2));
  return [even.toString('utf16le'), Buffer.from(even).swap16().toString('utf16le')];
}
