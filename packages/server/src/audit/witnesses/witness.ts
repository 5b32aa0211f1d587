import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { postTo } from '../../outbound/fetch.ts';
import { type Checkpoint, parseCheckpoint } from '../checkpoint.ts';
import { parseNote } from '../note.ts';
import type { Notice } from '../notices.ts';
import { RecordFile } from '../record-file.ts';
import { NOTES, notesIn } from '../record-formats.ts';
import { SinkError } from '../sink-runner.ts';

/** A place outside the database where signed checkpoints are kept. */
export interface Witness {
  name: string;
  /** Leaves that its newest checkpoint of this log covers; 0 where it has none, or cannot be asked. */
  has(origin: string): Promise<number>;
  /** Resolves when the witness has the note. */
  take(note: string): Promise<void>;
  /**
   * Resolves when the witness has the rotation notes of the log: all of them, in order, of which it has those before
   * `from`. They come before the first checkpoint of a new key, and lead to it from the key of an older copy of the log.
   * Called at least once where there are any, also when it has them all.
   */
  link(rotations: readonly string[], from: number): Promise<void>;
  close(): Promise<void>;
}

/** What a note says, its signature not looked at; undefined where it says nothing. */
export function checkpointIn(note: string): Checkpoint | undefined {
  try {
    return parseCheckpoint(parseNote(note).text);
  } catch {
    return undefined;
  }
}

/** A file, best on another volume, to which each note is appended after a blank line. */
export function fileWitness(path: string, notify: (notice: Notice) => void): Witness {
  const file = new RecordFile(path, NOTES, (removedBytes) =>
    notify({ kind: 'repaired', file: path, removedBytes }),
  );
  /** A file that is begun while the service runs, as the old one was moved away, has the links too. */
  let begin = '';
  return {
    name: path,
    async has(origin) {
      const notes = notesIn((await file.tail()).toString()).map(checkpointIn);
      return notes.findLast((one) => one?.origin === origin)?.size ?? 0;
    },
    take: (note) => file.append(note, begin),
    async link(rotations, from) {
      if (from < rotations.length)
        await file.append(joined(rotations.slice(from)), joined(rotations.slice(0, from)));
      begin = joined(rotations);
    },
    close: () => file.close(),
  };
}

/** An address that gets each note as `text/plain`. Any 2xx says that it was kept. */
export function webWitness(url: string, token: string | undefined): Witness {
  const take = async (note: string) => {
    const { status } = await postTo(url, {
      body: note,
      headers: {
        'content-type': 'text/plain; charset=utf-8',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      policy: 'operator',
    });
    if (status < 200 || status > 299) throw new SinkError('sink_refused', `It answered ${status}.`);
  };
  return {
    name: new URL(url).origin,
    has: async () => 0,
    take,
    async link(rotations, from) {
      for (const note of rotations.slice(from)) await take(note);
    },
    close: async () => undefined,
  };
}

/** The newest checkpoint beside the database: shows that the database lost its end, though not who took it. */
export const FOLDER_COPY = 'audit-checkpoint.txt';

/** Beside it, once the key was replaced: the rotation notes of the log. */
export const FOLDER_ROTATIONS = 'audit-key-rotations.txt';

export function folderWitness(dataDir: string): Witness {
  const path = join(dataDir, FOLDER_COPY);
  return {
    name: path,
    has: async () => 0,
    take: (note) => replace(path, note),
    link: (rotations) => replace(join(dataDir, FOLDER_ROTATIONS), joined(rotations)),
    close: async () => undefined,
  };
}

const joined = (notes: readonly string[]) => notes.join(NOTES.separator);

async function replace(path: string, text: string): Promise<void> {
  await writeFile(`${path}.tmp`, text, { mode: 0o600, flush: true });
  await rename(`${path}.tmp`, path);
}
