import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** How records follow each other in a file, and what a whole one looks like from its end. */
export interface RecordFormat {
  /** Stands before every record but the first. */
  separator: string;
  /**
   * Where the last whole record in `tail` ends. `tail` is the end of a file, all of it where `isWhole`.
   * `more`: it must be looked for further back. `foreign`: what follows it was never begun by this service.
   */
  lastEnd(tail: Buffer, isWhole: boolean): number | 'more' | 'foreign';
}

export type RecordFileErrorCode = 'record_file_foreign' | 'record_file_special' | 'record_file_short_write';

/** A file that records cannot be appended to. */
export class RecordFileError extends Error {
  readonly code: RecordFileErrorCode;

  constructor(code: RecordFileErrorCode, message: string) {
    super(message);
    this.name = 'RecordFileError';
    this.code = code;
  }
}

const { O_RDWR, O_APPEND, O_CREAT, O_NONBLOCK = 0 } = constants;
const FIRST_LOOK = 64 * 1024;
const FURTHEST_LOOK = 16 * 1024 * 1024;

/**
 * A file that only grows by whole records, each durable before `append` resolves. What a crash or a full disk left of
 * a record is cut off before the next one is written, so half a record never stays in the middle.
 */
export class RecordFile {
  readonly path: string;
  private readonly format: RecordFormat;
  private readonly onRepaired: (removedBytes: number) => void;
  private file: FileHandle | undefined;

  /** @param onRepaired told how much of a torn record was cut off when the file was opened */
  constructor(path: string, format: RecordFormat, onRepaired: (removedBytes: number) => void) {
    this.path = path;
    this.format = format;
    this.onRepaired = onRepaired;
  }

  /**
   * Appends records and waits until they are on the disk. A file that was moved away meanwhile is left alone, and a new
   * one begun. On any failure nothing of `records` stays.
   * @param begin records that stand before them in a file that is new
   * @throws RecordFileError, or the system's error
   */
  async append(records: string, begin = ''): Promise<void> {
    const file = await this.opened();
    const { size: before } = await file.stat();
    try {
      const { separator } = this.format;
      const lead = before > 0 ? separator : begin && begin + separator;
      await writeAll(file, Buffer.from(lead + records));
      await file.datasync();
    } catch (error) {
      // After an fsync that failed too: what the system's cache holds then is nowhere else.
      await file.truncate(before).catch(() => undefined);
      await this.close();
      throw error;
    }
  }

  /** The end of the file, after what is torn was cut off: 64 KiB at most. */
  async tail(): Promise<Buffer> {
    const file = await this.opened();
    const { size } = await file.stat();
    return readTail(file, size, FIRST_LOOK);
  }

  async close(): Promise<void> {
    const { file } = this;
    this.file = undefined;
    await file?.close().catch(() => undefined);
  }

  private async opened(): Promise<FileHandle> {
    if (this.file && !(await this.isStillThere(this.file))) await this.close();
    if (this.file) return this.file;
    // Not blocking: a pipe that nobody reads must not hold up the open for ever.
    const file = await open(this.path, O_RDWR | O_APPEND | O_CREAT | O_NONBLOCK, 0o600);
    try {
      await this.cutTorn(file);
    } catch (error) {
      await file.close().catch(() => undefined);
      throw error;
    }
    this.file = file;
    return file;
  }

  private async isStillThere(file: FileHandle): Promise<boolean> {
    const named = await stat(this.path).catch(() => undefined);
    const { ino, dev } = await file.stat();
    return named?.ino === ino && named.dev === dev;
  }

  private async cutTorn(file: FileHandle): Promise<void> {
    const about = await file.stat();
    if (!about.isFile())
      throw new RecordFileError(
        'record_file_special',
        `${this.path} is not a regular file: name another one.`,
      );
    if (about.size === 0) return syncFolder(dirname(this.path));
    const end = await this.lastEnd(file, about.size);
    if (end === about.size) return;
    await file.truncate(end);
    await file.datasync();
    this.onRepaired(about.size - end);
  }

  private async lastEnd(file: FileHandle, size: number): Promise<number> {
    for (let look = FIRST_LOOK; look <= FURTHEST_LOOK; look *= 16) {
      const tail = await readTail(file, size, look);
      const end = this.format.lastEnd(tail, tail.length === size);
      if (typeof end === 'number') return size - tail.length + end;
      if (end === 'foreign') break;
    }
    const message = `${this.path} ends in something that this service did not write: move it away, or name another file.`;
    throw new RecordFileError('record_file_foreign', message);
  }
}

async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, at);
    if (bytesWritten === 0)
      throw new RecordFileError('record_file_short_write', 'The disk took no more bytes.');
    at += bytesWritten;
  }
}

async function readTail(file: FileHandle, size: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(Math.min(size, length));
  const from = size - bytes.length;
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, from + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

/** A new name is as durable as its folder. Not every system lets a folder be synchronised. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}
