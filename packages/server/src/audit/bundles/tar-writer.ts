import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { BLOCK, paddingOf, TAR_END, tarHeader } from './tar.ts';

/** What a manifest says of a file. */
export interface BundledFile {
  name: string;
  size: number;
  /** SHA-256 in hex. */
  digest: string;
}

const BUFFERED = 1024 * 1024;

/** Writes an archive file by file; a file need not know its size beforehand. */
export class TarWriter {
  readonly files: BundledFile[] = [];
  private readonly file: FileHandle;
  private readonly time: number;
  private at = 0;

  /** @param time seconds since 1970, of every file */
  constructor(file: FileHandle, time: number) {
    this.file = file;
    this.time = time;
  }

  /** Bytes so far. */
  get written(): number {
    return this.at;
  }

  async add<T>(name: string, produce: (out: Writable) => Promise<T>): Promise<T> {
    const start = this.at;
    const hash = createHash('sha256');
    this.at += BLOCK;
    const put = async (chunks: Buffer[]) => {
      for (const chunk of chunks) hash.update(chunk);
      const bytes = Buffer.concat(chunks);
      await this.write(bytes, this.at);
      this.at += bytes.length;
    };
    const out = new Writable({
      highWaterMark: BUFFERED,
      write: (chunk: Buffer, _encoding, done) => void put([chunk]).then(() => done(), done),
      writev: (chunks, done) => void put(chunks.map(({ chunk }) => chunk)).then(() => done(), done),
    });
    const ended = finished(out);
    // Whoever produces may wait for a drain that never comes, where the disk is full.
    const result = await Promise.race([produce(out), ended.then(() => undefined as never)]);
    out.end();
    await ended;
    const size = this.at - start - BLOCK;
    const padding = paddingOf(size);
    await this.write(Buffer.alloc(padding), this.at);
    this.at += padding;
    await this.write(tarHeader({ name, size, time: this.time }), start);
    this.files.push({ name, size, digest: hash.digest('hex') });
    return result;
  }

  addText(name: string, text: string): Promise<void> {
    return this.add(name, async (out) => void out.write(text));
  }

  async end(): Promise<void> {
    await this.write(TAR_END, this.at);
    await this.file.sync();
  }

  private async write(bytes: Uint8Array, position: number): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const left = bytes.length - done;
      done += (await this.file.write(bytes, done, left, position + done)).bytesWritten;
    }
  }
}
