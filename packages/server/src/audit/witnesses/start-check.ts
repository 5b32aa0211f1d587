import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseError } from '../../database/errors.ts';
import type { Reader } from '../../database/reader.ts';
import type { WriterClient } from '../../database/writer-client.ts';
import type { Notice } from '../notices.ts';
import { logKeys } from '../signing-keys/log-keys.ts';
import { logSize } from '../store.ts';
import { type Comparison, compareWith, type KnownLog } from './comparison.ts';
import { FOLDER_COPY, FOLDER_ROTATIONS } from './witness.ts';

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

/**
 * Compares the log with the checkpoints that were kept of it, before anything is done with it: a log that is shorter
 * than one of its own signed checkpoints, or has another root at that size, lost its end, was set back or was changed.
 * The last key that the log knows leads to newer ones, where the rotation notes were kept too.
 *
 * The copy in the data folder is put aside, and told of: a crash with a bad disk does that, and the server must come
 * back. What an outside witness has is more: then the start is refused. What no key of the log has signed is told of
 * and never refuses: anybody who can write the file could have written that.
 * @throws DatabaseError `audit_log_rewound`, `audit_log_tampered`
 */
export async function compareWithWitnesses(check: StartCheck): Promise<StartFindings> {
  const { dataDir, witnessFile, writer, logKey } = check;
  const reader: Pick<Reader, 'all'> = { all: (statement, values) => writer.read(statement, values) };
  const size = (await reader.all(logSize, {}))[0]!.last + 1;
  const log = { reader, size, keys: await logKeys(reader, logKey) };
  const found: StartFindings = { notices: [], lines: [] };
  if (witnessFile !== undefined) await compareOutside(log, witnessFile, found);
  await compareInFolder(log, dataDir, found);
  return found;
}

async function compareOutside(log: KnownLog, path: string, found: StartFindings): Promise<void> {
  const compared = await compareWith(log, { checkpoints: path, rotations: path });
  const { rewoundTo, altered, unknown, unreadable, otherLog, failed } = compared;
  if (rewoundTo !== undefined) {
    const message =
      `${whatHappened(rewoundTo, log.size)} ${path} has the note that shows it. ` +
      'If a backup was put back on purpose, move that file away, keep it as evidence, and start again.';
    throw new DatabaseError('audit_log_rewound', message);
  }
  if (altered !== undefined) {
    const message =
      `${whatWasAltered(altered)} ${path} has the checkpoint that shows it. Keep a copy of the data folder and of ` +
      'that file. Then move the file away, export the log and verify it: that names what was changed; and restore a backup.';
    throw new DatabaseError('audit_log_tampered', message);
  }
  if (failed !== undefined) found.lines.push(notCompared(path, failed));
  if (otherLog)
    found.lines.push(
      `${path} has checkpoints of another log: unless the data folder was replaced on purpose, somebody else did.`,
    );
  if (unknown) tellUnknown(log, path, unknown, found);
  if (unreadable > 0)
    found.lines.push(
      `${path} has ${unreadable} notes at its end that cannot be read, or that no key of this log has signed.`,
    );
}

async function compareInFolder(log: KnownLog, dataDir: string, found: StartFindings): Promise<void> {
  const path = join(dataDir, FOLDER_COPY);
  const rotations = join(dataDir, FOLDER_ROTATIONS);
  const compared = await compareWith(log, { checkpoints: path, rotations });
  const { rewoundTo, altered, unknown, unreadable, otherLog, failed } = compared;
  const aside = async (from: string, as: string) => {
    const to = from.replace(/\.txt$/, `.${as}.txt`);
    await rename(from, to).catch(() => undefined);
    return to;
  };
  if (failed !== undefined) found.lines.push(notCompared(path, failed));
  if (unreadable > 0) found.lines.push(`${path} cannot be read as a checkpoint: it is written anew.`);
  if (otherLog) {
    const kept = await aside(path, 'other-log');
    found.lines.push(
      `${path} was the checkpoint of another log: unless the database was replaced on purpose, somebody else did. It is kept in ${kept}.`,
    );
  }
  if (altered !== undefined) {
    const summary = whatWasAltered(altered);
    found.lines.push(
      `${summary} ${path} shows it: export the log and verify it, which names what was changed.`,
    );
    found.notices.push({ ...findingAt(altered, log.size), detection: 'audit_log_tampered', summary });
  }
  if (unknown) {
    tellUnknown(log, path, unknown, found);
    await aside(path, `unknown-${unknown.size}`);
  }
  if (rewoundTo !== undefined) {
    const kept = await aside(path, `lost-${rewoundTo}`);
    await aside(rotations, `lost-${rewoundTo}`);
    const { size } = log;
    found.notices.push({ kind: 'lost', witness: FOLDER_COPY, witnessedSize: rewoundTo, size });
    found.lines.push(`${whatHappened(rewoundTo, size)} The checkpoint that shows it is kept in ${kept}.`);
  }
}

/** Silence would let an old copy pass whose witness has only what a newer key signed. */
function tellUnknown(
  { size }: KnownLog,
  path: string,
  { count, size: most }: NonNullable<Comparison['unknown']>,
  { lines, notices }: StartFindings,
): void {
  const what = `checkpoints of up to ${most} events of this log, which has ${size}, are signed by no key that it knows`;
  lines.push(
    `WARNING: ${path}: ${count} ${what}. Either somebody else wrote them, or an older copy of the log was put back, ` +
      'from before its signing key was replaced: compare it with what other witnesses and streams have.',
  );
  const summary = `Of those that a witness has, ${count} ${what}.`;
  const private_ = { witness: path };
  notices.push({ ...findingAt(most, size), detection: 'unknown_witness_key', summary, private: private_ });
}

function findingAt(size: number, logSize: number) {
  const last = Math.max(Math.min(size, logSize) - 1, 0);
  const resource = { type: 'audit_checkpoint', ids: [String(size)] };
  return { kind: 'finding', severity: 'critical', resource, first: last, last } as const;
}

const notCompared = (path: string, code: string) =>
  `${path} cannot be read (${code}): the log is not compared with it.`;

function whatHappened(witnessed: number, size: number): string {
  return witnessed > size
    ? `The audit log has ${size} events, but ${witnessed} were signed: its end was lost, or an older copy was put back.`
    : `The first ${witnessed} events of the audit log are not those that were signed: an older copy was put back and went on.`;
}

const whatWasAltered = (size: number) =>
  `The first ${size} events of the audit log do not have the root that was signed for them: the database was changed from outside.`;
