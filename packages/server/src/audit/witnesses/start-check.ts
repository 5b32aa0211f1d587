import { constants } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseError } from '../../database/errors.ts';
import type { Reader } from '../../database/reader.ts';
import type { WriterClient } from '../../database/writer-client.ts';
import { type Checkpoint, openCheckpoint } from '../checkpoint.ts';
import type { Verifier } from '../note.ts';
import type { Notice } from '../notices.ts';
import { notesIn } from '../record-formats.ts';
import { equalBytes } from '../sha256.ts';
import { logKeys } from '../signing-keys/log-keys.ts';
import { logSize } from '../store.ts';
import { checkpointsBetween } from './store.ts';
import { checkpointIn, FOLDER_COPY } from './witness.ts';

export interface StartCheck {
  dataDir: string;
  witnessFile: string | undefined;
  writer: Pick<WriterClient, 'read'>;
  /** Verifier key text of the key that signs the log. */
  logKey: string;
}

export interface StartFindings {
  /** For the log. */
  notices: Notice[];
  /** For the person who starts the server. */
  lines: string[];
}

interface Log {
  reader: Pick<Reader, 'all'>;
  size: number;
  /** Every key that has signed it. */
  keys: readonly Verifier[];
}

interface Kept {
  note: string;
  says: Checkpoint;
}

/** What a file of checkpoints tells of this log. */
interface Comparison {
  /** A checkpoint that this log's key signed and that this log does not continue. */
  rewound?: Checkpoint;
  /** Notes that are none, or not signed by this log's key. */
  unreadable: number;
  otherLog: boolean;
}

/** About 250 notes: enough to find one that the log still has too. */
const TAIL = 64 * 1024;

/**
 * Compares the log with the checkpoints that were kept of it, before anything is done with it: a log that is shorter
 * than one of its own signed checkpoints, or has another root at that size, lost its end or was set back.
 *
 * The copy in the data folder is put aside, and told of: a crash with a bad disk does that, and the server must come
 * back. What an outside witness has is more: then the start is refused.
 * @throws DatabaseError `audit_log_rewound`, `audit_log_tampered`
 */
export async function compareWithWitnesses(check: StartCheck): Promise<StartFindings> {
  const { dataDir, witnessFile, writer, logKey } = check;
  const reader: Log['reader'] = { all: (statement, values) => writer.read(statement, values) };
  const size = (await reader.all(logSize, {}))[0]!.last + 1;
  const chain = await logKeys(reader, logKey);
  const log: Log = { reader, size, keys: chain.keys.map(({ verifier }) => verifier) };
  const found: StartFindings = { notices: [], lines: [] };
  if (witnessFile !== undefined) await compareOutside(log, witnessFile, found);
  const path = join(dataDir, FOLDER_COPY);
  const { rewound, unreadable } = await compare(log, path, found);
  if (unreadable > 0) found.lines.push(`${path} cannot be read as a checkpoint: it is written anew.`);
  if (rewound) {
    const aside = join(dataDir, `audit-checkpoint.lost-${rewound.size}.txt`);
    await rename(path, aside).catch(() => undefined);
    found.notices.push({ kind: 'lost', witness: FOLDER_COPY, witnessedSize: rewound.size, size });
    found.lines.push(`${whatHappened(rewound, size)} The checkpoint that shows it is kept in ${aside}.`);
  }
  return found;
}

async function compareOutside(log: Log, path: string, found: StartFindings): Promise<void> {
  const { rewound, unreadable, otherLog } = await compare(log, path, found);
  if (rewound) {
    const message =
      `${whatHappened(rewound, log.size)} ${path} has the checkpoint that shows it. ` +
      'If a backup was put back on purpose, move that file away, keep it as evidence, and start again.';
    throw new DatabaseError('audit_log_rewound', message);
  }
  if (otherLog)
    found.lines.push(
      `${path} has checkpoints of another log: unless the data folder was replaced on purpose, somebody else did.`,
    );
  if (unreadable > 0)
    found.lines.push(
      `${path} has ${unreadable} notes at its end that cannot be read, or that no key of this log has signed.`,
    );
}

function whatHappened({ size: witnessed }: Checkpoint, size: number): string {
  return witnessed > size
    ? `The audit log has ${size} events, but ${witnessed} were signed: its end was lost, or an older copy was put back.`
    : `The first ${witnessed} events of the audit log are not those that were signed: an older copy was put back and went on.`;
}

async function compare({ reader, keys, size }: Log, path: string, found: StartFindings): Promise<Comparison> {
  const result: Comparison = { unreadable: 0, otherLog: false };
  const own: Kept[] = [];
  for (const note of await notesAtEnd(path, found)) {
    const says = checkpointIn(note);
    if (!says) result.unreadable++;
    else if (says.origin === keys[0]!.name) own.push({ note, says });
    else result.otherLog = true;
  }
  const known = await knownRoots(reader, own);
  for (const { note, says } of own) {
    const here = known.get(says.size);
    // Every checkpoint that was signed is stored first: one that is missing here is of another course of events.
    if (here !== undefined && says.size <= size && equalBytes(here, says.root)) continue;
    if (!isSigned(note, keys)) result.unreadable++;
    else if (says.size >= (result.rewound?.size ?? 0)) result.rewound = says;
  }
  return result;
}

/** The roots that this log has signed at the sizes of these checkpoints. */
async function knownRoots(
  reader: Pick<Reader, 'all'>,
  kept: readonly Kept[],
): Promise<Map<number, Uint8Array>> {
  if (kept.length === 0) return new Map();
  const sizes = kept.map(({ says }) => says.size);
  const [first, last] = [Math.min(...sizes), Math.max(...sizes)];
  const wanted = new Set(sizes);
  const rows = await reader.all(checkpointsBetween, { first, last });
  return new Map(
    rows.flatMap(({ size, note }) => {
      const root = wanted.has(size) ? checkpointIn(note)?.root : undefined;
      return root ? [[size, root] as const] : [];
    }),
  );
}

function isSigned(note: string, keys: readonly Verifier[]): boolean {
  try {
    return openCheckpoint(note, keys).size >= 0;
  } catch {
    return false;
  }
}

/** Whole notes at the end of a file; none where there is no file, and what cannot be read is said. */
async function notesAtEnd(path: string, found: StartFindings): Promise<string[]> {
  try {
    // Not blocking: a pipe must not hold up the start.
    const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const about = await file.stat();
      if (!about.isFile()) throw Object.assign(new Error('no file'), { code: 'not a regular file' });
      const from = Math.max(0, about.size - TAIL);
      const bytes = Buffer.alloc(about.size - from);
      const { bytesRead } = await file.read(bytes, 0, bytes.length, from);
      const notes = notesIn(bytes.toString('utf8', 0, bytesRead));
      // The window may begin in the middle of a note.
      return from > 0 ? notes.slice(1) : notes;
    } finally {
      await file.close();
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT')
      found.lines.push(`${path} cannot be read (${code}): the log is not compared with it.`);
    return [];
  }
}
