import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Checkpoint } from '../checkpoint.ts';
import { notesIn } from '../record-formats.ts';
import { MAX_ROTATIONS } from '../signing-keys/key-chain.ts';
import { rotationBegins } from '../signing-keys/rotation-note.ts';
import { checkpointIn } from './witness.ts';

/** A note with what it says, its signature not looked at. */
export interface KeptCheckpoint {
  note: string;
  says: Checkpoint;
}

/** What the end of a file of notes holds. */
export interface KeptNotes {
  /** Of the log that was asked for, oldest first. */
  checkpoints: KeptCheckpoint[];
  rotations: string[];
  otherLog: boolean;
  /** Notes that are none. */
  unreadable: number;
}

/** A file that is there and cannot be read. `code` says why: the system's, or in words. */
export class UnreadableFile extends Error {
  readonly code: string;

  constructor(code: string, options?: ErrorOptions) {
    super(`It cannot be read: ${code}.`, options);
    this.name = 'UnreadableFile';
    this.code = code;
  }
}

/** About 250 notes: enough to find one that the log still has too. */
const TAIL = 64 * 1024;
/** As far back as rotation notes are looked for: four million checkpoints, a second or two of reading. */
const FURTHEST = 1024 * 1024 * 1024;
const PIECE = 1024 * 1024;
/** A rotation note has some 700 bytes. */
const LONGEST = 4096;

/** The whole notes at the end of a file; none where there is no file. @throws UnreadableFile */
export async function notesAtEnd(path: string, origin: string): Promise<KeptNotes> {
  const kept: KeptNotes = { checkpoints: [], rotations: [], otherLog: false, unreadable: 0 };
  await withFile(path, async (file, size) => {
    const from = Math.max(0, size - TAIL);
    const notes = notesIn((await bytesAt(file, from, size - from)).toString());
    // The window may begin in the middle of a note.
    for (const note of from > 0 ? notes.slice(1) : notes) {
      const says = checkpointIn(note);
      if (note.startsWith(rotationBegins(origin))) kept.rotations.push(note);
      else if (!says) kept.unreadable++;
      else if (says.origin === origin) kept.checkpoints.push({ note, says });
      else kept.otherLog = true;
    }
  });
  return kept;
}

/** The rotation notes of this log in a file, nothing in them checked; none where there is no file. @throws UnreadableFile */
export async function rotationsKept(path: string, origin: string): Promise<string[]> {
  const begins = Buffer.from(rotationBegins(origin));
  const found = new Set<string>();
  await withFile(path, async (file, size) => {
    for (let at = Math.max(0, size - FURTHEST); at < size; at += PIECE) {
      const bytes = await bytesAt(file, at, PIECE + LONGEST);
      for (let i = bytes.indexOf(begins); i >= 0 && i < PIECE; i = bytes.indexOf(begins, i + 1)) {
        const [note] = notesIn(bytes.toString('utf8', i, i + LONGEST));
        if (note !== undefined && found.size < MAX_ROTATIONS) found.add(note);
      }
    }
  });
  return [...found];
}

async function withFile(
  path: string,
  read: (file: FileHandle, size: number) => Promise<void>,
): Promise<void> {
  let file: FileHandle | undefined;
  try {
    // Not blocking: a pipe must not hold up the start.
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const about = await file.stat();
    if (!about.isFile()) throw new UnreadableFile('not a regular file');
    await read(file, about.size);
  } catch (cause) {
    const { code, syscall } = cause as NodeJS.ErrnoException;
    if (syscall === undefined || code === undefined) throw cause;
    if (code !== 'ENOENT') throw new UnreadableFile(code, { cause });
  } finally {
    await file?.close();
  }
}

async function bytesAt(file: FileHandle, from: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, from);
  return bytes.subarray(0, bytesRead);
}
