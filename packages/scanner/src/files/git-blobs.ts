import { reasonOfSize } from './archive-kind.ts';
import { headLength } from './decode.ts';
import { GitFailure, type GitOptions, runGit } from './git.ts';
import type { Intake } from './intake.ts';
import type { Place } from './place.ts';

/** What takes blobs in. */
export type BlobTaker = Pick<Intake, 'sizeLimit' | 'isExcluded' | 'skip' | 'take'>;

/**
 * Hands every blob to the intake. One git process serves them all, and what is larger than wanted passes by
 * without being kept. Throws GitFailure when git does not deliver all of them.
 */
export async function readBlobs(
  blobs: ReadonlyMap<string, Place>,
  options: GitOptions,
  intake: BlobTaker,
  onProgress: (done: number) => void,
): Promise<void> {
  if (blobs.size === 0) return;
  const reader = new BlobReader([...blobs.values()], intake, onProgress);
  await runGit(['cat-file', '--batch', '--buffer'], options, (piece) => reader.read(piece), blobs.keys());
  if (reader.left > 0) throw new GitFailure('git ended before the last object');
}

/** Parses `<id> <type> <size>\n<content>\n` for each object, in the order that was asked for. */
class BlobReader {
  readonly #places: readonly Place[];
  readonly #intake: BlobTaker;
  readonly #onProgress: (done: number) => void;
  #done = 0;
  #header = '';
  /** Bytes of content still to come, with the newline after it; undefined while a header is read. */
  #remaining: number | undefined;
  #kept: Buffer[] = [];
  #keptLength = 0;
  #isTooLarge: boolean | undefined;
  #size = 0;

  constructor(places: readonly Place[], intake: BlobTaker, onProgress: (done: number) => void) {
    this.#places = places;
    this.#intake = intake;
    this.#onProgress = onProgress;
  }

  get left(): number {
    return this.#places.length - this.#done;
  }

  read(piece: Buffer): void {
    let at = 0;
    while (at < piece.length) {
      if (this.#remaining === undefined) at = this.#readHeader(piece, at);
      else at = this.#readContent(piece, at, this.#remaining);
    }
  }

  #readHeader(piece: Buffer, at: number): number {
    const newline = piece.indexOf(10, at);
    const end = newline === -1 ? piece.length : newline;
    this.#header += piece.toString('latin1', at, end);
    if (newline === -1) return end;
    const [, type, size] = this.#header.split(' ');
    this.#header = '';
    if (type === 'missing' || size === undefined) {
      this.#intake.skip(this.#places[this.#done]!, 'missing-object');
      this.#next();
    } else {
      this.#size = Number(size);
      this.#remaining = this.#size + 1;
    }
    return newline + 1;
  }

  #readContent(piece: Buffer, at: number, remaining: number): number {
    const end = Math.min(piece.length, at + remaining);
    if (this.#isTooLarge !== true) {
      this.#kept.push(piece.subarray(at, end));
      this.#keptLength += end - at;
      if (this.#isTooLarge === undefined && this.#keptLength >= Math.min(headLength, this.#size))
        this.#judgeSize();
    }
    this.#remaining = remaining - (end - at);
    if (this.#remaining === 0) this.#deliver();
    return end;
  }

  #judgeSize(): void {
    const head = Buffer.concat(this.#kept);
    this.#isTooLarge = this.#size > this.#intake.sizeLimit(head.subarray(0, this.#size));
    this.#kept = [head];
  }

  #deliver(): void {
    const place = this.#places[this.#done]!;
    const bytes = Buffer.concat(this.#kept).subarray(0, this.#size);
    if (this.#intake.isExcluded(place.path)) this.#intake.skip(place, 'excluded');
    else if (this.#isTooLarge) this.#intake.skip(place, reasonOfSize(bytes));
    else this.#intake.take(place, bytes);
    this.#next();
  }

  #next(): void {
    this.#remaining = undefined;
    this.#kept = [];
    this.#keptLength = 0;
    this.#isTooLarge = undefined;
    this.#done++;
    this.#onProgress(this.#done);
  }
}
