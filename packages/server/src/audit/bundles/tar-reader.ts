import type { FileHandle } from 'node:fs/promises';
import { BLOCK, paddingOf, parseTarHeader, TAR_END, type TarEntry } from './tar.ts';

/** An archive that is not exactly as `TarWriter` writes one. */
export class TarError extends Error {
  readonly code = 'bundle-malformed';
}

const CHUNK_BYTES = 256 * 1024;

/** Reads an archive of ours from its start to its end, in constant memory. */
export class TarReader {
  private readonly file: FileHandle;
  private at = 0;

  constructor(file: FileHandle) {
    this.file = file;
  }

  /**
   * Each file with its contents, which must be read before the next one is asked for.
   * @throws TarError at the first byte that should not be there, or is missing.
   */
  async *files(): AsyncGenerator<{ entry: TarEntry; contents: AsyncGenerator<Buffer> }> {
    for (;;) {
      const block = await this.exactly(BLOCK);
      if (block.every((byte) => byte === 0)) break;
      const entry = parseTarHeader(block);
      if (!entry) throw new TarError(`at byte ${this.at - BLOCK} there is no header of a plain file`);
      const end = this.at + entry.size;
      yield { entry, contents: this.contents(entry.size) };
      if (this.at !== end) throw new Error('the contents of a file were not read');
      const padding = await this.exactly(paddingOf(entry.size));
      if (padding.some((byte) => byte !== 0)) throw new TarError(`bytes stand behind ${entry.name}`);
    }
    const rest = await this.exactly(TAR_END.length - BLOCK);
    if (rest.some((byte) => byte !== 0)) throw new TarError('the end of the archive is not empty');
    const { bytesRead } = await this.file.read(Buffer.alloc(1), 0, 1, this.at);
    if (bytesRead > 0) throw new TarError('something follows on the end of the archive');
  }

  private async *contents(size: number): AsyncGenerator<Buffer> {
    for (let left = size; left > 0; ) {
      const chunk = await this.exactly(Math.min(left, CHUNK_BYTES));
      left -= chunk.length;
      yield chunk;
    }
  }

  private async exactly(length: number): Promise<Buffer> {
    const bytes = Buffer.alloc(length);
    for (let done = 0; done < length; ) {
      const { bytesRead } = await this.file.read(bytes, done, length - done, this.at + done);
      if (bytesRead === 0) throw new TarError(`the archive ends early, at byte ${this.at + done}`);
      done += bytesRead;
    }
    this.at += length;
    return bytes;
  }
}
