/** A few thousand paths as bytes, one after another. */
interface PathChunk {
  readonly bytes: SharedArrayBuffer;
  /** Where each path ends. */
  readonly ends: Uint32Array<SharedArrayBuffer>;
}

/** What a thread needs to read a list that another one made. */
export interface SharedPaths {
  readonly chunks: readonly PathChunk[];
  readonly length: number;
}

const chunkLength = 4096;

/**
 * Paths as bytes in memory that threads share: a tree of a million files costs its names once, and a name that is no
 * UTF-8 is as good as any other.
 */
export class PathList {
  readonly #chunks: PathChunk[];
  #length: number;
  #open: Buffer[] = [];

  constructor({ chunks, length }: SharedPaths = { chunks: [], length: 0 }) {
    this.#chunks = [...chunks];
    this.#length = length;
  }

  get length(): number {
    return this.#length;
  }

  add(path: string | Buffer): void {
    this.#open.push(Buffer.from(path as string));
    this.#length++;
    if (this.#open.length === chunkLength) this.#close();
  }

  /** The path as bytes; they stay valid. */
  at(index: number): Buffer {
    const chunk = this.#chunks[Math.floor(index / chunkLength)];
    const inside = index % chunkLength;
    if (chunk === undefined) return this.#open[inside]!;
    const start = inside === 0 ? 0 : chunk.ends[inside - 1]!;
    return Buffer.from(chunk.bytes, start, chunk.ends[inside]! - start);
  }

  /** For `new PathList` in another thread; nothing may be added afterwards. */
  get shared(): SharedPaths {
    if (this.#open.length > 0) this.#close();
    return { chunks: this.#chunks, length: this.#length };
  }

  #close(): void {
    const bytes = new SharedArrayBuffer(this.#open.reduce((sum, { length }) => sum + length, 0));
    const ends = new Uint32Array(new SharedArrayBuffer(this.#open.length * 4));
    const all = Buffer.from(bytes);
    let end = 0;
    for (const [i, path] of this.#open.entries()) {
      end += path.copy(all, end);
      ends[i] = end;
    }
    this.#chunks.push({ bytes, ends });
    this.#open = [];
  }
}
