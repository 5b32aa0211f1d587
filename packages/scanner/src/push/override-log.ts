import { hash, randomUUID } from 'node:crypto';
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { putInPlace } from '../files/write-file.ts';
import { type RecordKey, recordKeyIn, UnreadableKey } from './record-key.ts';

/** What is written down of an override. */
export interface OverrideRecord {
  readonly time: string;
  readonly report_id: string;
  readonly reason: string;
  readonly remote: string;
  readonly updates: readonly {
    readonly ref: string;
    readonly from: string | null;
    readonly to: string | null;
  }[];
  /** Fingerprints of what would have blocked; a salted hash each, never a value. */
  readonly findings: readonly string[];
  readonly user: string;
}

/** The record was changed, cut or replaced, its key is gone, or another push holds it; the message says what to do. */
export class OverrideLogTampered extends Error {}

interface Line {
  readonly record: OverrideRecord;
  /** SHA-256 of the line before, in hex; empty in the first. */
  readonly previous: string;
}

/** How far the log is: a log that lost its end is still a chain. */
export interface Head {
  readonly count: number;
  readonly last: string;
}

const none: Head = { count: 0, last: '' };

/**
 * The overrides of one clone: lines `{"entry":{"previous","record"},"signature"}`, each with the SHA-256 of the one
 * before, signed with an Ed25519 key of the user. The key, and a signed note of how far the log is, lie in the user's own
 * folder, outside of the repository. It shows what was changed by others; whoever holds the key can write another one,
 * which is what the server's record is for.
 */
export class OverrideLog {
  readonly #folder: string;
  readonly #file: string;
  readonly #ownFolder: string;
  readonly #key: RecordKey;

  /**
   * @param gitFolder the common git folder of the clone, absolute
   * @param ownFolder the user's folder for keys and heads, absolute
   */
  constructor(gitFolder: string, ownFolder: string) {
    this.#folder = join(gitFolder, 'memhold');
    this.#file = join(this.#folder, 'overrides.jsonl');
    this.#ownFolder = ownFolder;
    this.#key = recordKeyIn(ownFolder);
  }

  /** All records, oldest first, verified. Throws OverrideLogTampered. */
  read(): OverrideRecord[] {
    return this.#verified().records;
  }

  /** Whether there is no file yet; then nothing needs a key. */
  get isEmpty(): boolean {
    return !existsSync(this.#file);
  }

  /** The records after a place of this very log, else all; and the place after the last. Throws OverrideLogTampered. */
  after(place: Head | undefined): { records: OverrideRecord[]; place: Head } {
    const { records, hashes, last } = this.#verified();
    const isOurs = place !== undefined && place.count > 0 && hashes[place.count - 1] === place.last;
    return { records: records.slice(isOurs ? place.count : 0), place: { count: records.length, last } };
  }

  /**
   * Adds a record, on disk when it returns. One push at a time, and each report once.
   * Throws OverrideLogTampered where what is there does not verify, or has the report already.
   */
  append(record: OverrideRecord): void {
    mkdirSync(this.#folder, { recursive: true });
    const lock = join(this.#folder, 'overrides.lock');
    try {
      closeSync(openSync(lock, 'wx', 0o600));
    } catch {
      throw new OverrideLogTampered(
        `another push writes the record of overrides: try again, or remove ${lock}`,
      );
    }
    try {
      const { records, last } = this.#verified();
      if (records.some(({ report_id }) => report_id === record.report_id))
        throw new OverrideLogTampered('the override was used by another push just now.');
      const entry: Line = { previous: last, record };
      const line = JSON.stringify({ entry, signature: this.#key.sign(JSON.stringify(entry)) });
      const next = { count: records.length + 1, last: hash('sha256', line) };
      // The note first, with both states: a process that dies in between leaves one of them.
      this.#writeHeads([{ count: records.length, last }, next]);
      appendFileSync(this.#file, `${line}\n`, { mode: 0o600, flush: true });
      this.#writeHeads([next]);
    } finally {
      rmSync(lock, { force: true });
    }
  }

  /** Puts a record that does not verify aside, under a name of its own, and begins a new one. @returns where it is */
  beginAnew(time: Date): string | undefined {
    const aside = `${this.#file}.${time.toISOString().replace(/[:.]/g, '-')}`;
    const isThere = existsSync(this.#file);
    if (isThere) renameSync(this.#file, aside);
    rmSync(join(this.#folder, 'clone-id'), { force: true });
    return isThere ? aside : undefined;
  }

  #verified(): { records: OverrideRecord[]; hashes: readonly string[]; last: string } {
    const lines = existsSync(this.#file) ? readFileSync(this.#file, 'utf8').split('\n') : [''];
    if (lines.pop() !== '') throw tampered('its last line is cut');
    let last = none.last;
    const hashes: string[] = [];
    const records = lines.map((line, i) => {
      const record = recordIn(line, last, this.#key);
      if (record === undefined) throw tampered(`record ${i + 1} was changed`);
      last = hash('sha256', line);
      hashes.push(last);
      return record;
    });
    const heads = this.#heads();
    if (heads.some((head) => head.count === records.length && head.last === last))
      return { records, hashes, last };
    throw tampered(`it has ${records.length} records instead of ${heads.at(-1)!.count}, or other ones`);
  }

  #heads(): readonly Head[] {
    const file = this.#headFile();
    if (!existsSync(file)) return [none];
    try {
      const { text, signature } = JSON.parse(readFileSync(file, 'utf8')) as {
        text: string;
        signature: string;
      };
      if (this.#key.isSigned(text, signature)) return JSON.parse(text) as Head[];
    } catch {
      // As one that was changed.
    }
    throw tampered('the note of its length does not verify');
  }

  #writeHeads(heads: readonly Head[]): void {
    const file = this.#headFile();
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const text = JSON.stringify(heads);
    putInPlace(file, JSON.stringify({ text, signature: this.#key.sign(text) }), 0o600);
  }

  /** By an id of the clone, which goes with it when it is moved, and is gone with it when it is removed. */
  #headFile(): string {
    const file = join(this.#folder, 'clone-id');
    if (!existsSync(file)) {
      if (existsSync(this.#file)) throw tampered('the id of the clone is gone');
      mkdirSync(this.#folder, { recursive: true });
      writeFileSync(file, randomUUID(), { mode: 0o600, flag: 'wx', flush: true });
    }
    const id = readFileSync(file, 'utf8');
    if (!/^[0-9a-f-]{36}$/.test(id)) throw tampered('the id of the clone was changed');
    return join(this.#ownFolder, 'override-heads', `${id}.json`);
  }
}

function recordIn(line: string, previous: string, key: RecordKey): OverrideRecord | undefined {
  try {
    const { entry, signature } = JSON.parse(line) as { entry: Line; signature: string };
    const isWhole = JSON.stringify({ entry, signature }) === line && entry.previous === previous;
    return isWhole && key.isSigned(JSON.stringify(entry), signature) ? entry.record : undefined;
  } catch (error) {
    if (error instanceof UnreadableKey) throw tampered('its key cannot be read');
    return undefined;
  }
}

const tampered = (what: string) =>
  new OverrideLogTampered(
    `the record of overrides does not verify (${what}): no override counts. To put it aside and begin a new one: memhold hook reset-record`,
  );
