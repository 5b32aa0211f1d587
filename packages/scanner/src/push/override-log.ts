import { hash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RecordKey, UnreadableKey } from './record-key.ts';

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

/** The record was changed, cut or replaced, or its key is gone. */
export class OverrideLogTampered extends Error {}

interface Line {
  readonly record: OverrideRecord;
  /** SHA-256 of the line before, in hex; empty in the first. */
  readonly previous: string;
}

/** How far the log is, kept apart from it: a log that lost its end is still a chain. */
interface Head {
  readonly count: number;
  readonly last: string;
}

const first = '';

/**
 * The overrides of one clone: lines `{"entry":{"previous","record"},"signature"}`, each with the SHA-256 of the one before, signed with an
 * Ed25519 key of the user. Key and head lie in the user's own folder, outside of the repository. It shows
 * what was changed by others; whoever holds the key can write another one, which is what the server's record is for.
 */
export class OverrideLog {
  readonly #file: string;
  readonly #key: RecordKey;
  readonly #headFile: string;

  /**
   * @param gitFolder the common git folder of the clone, absolute
   * @param ownFolder the user's folder for keys and heads, absolute
   */
  constructor(gitFolder: string, ownFolder: string) {
    this.#file = join(gitFolder, 'memhold', 'overrides.jsonl');
    this.#key = new RecordKey(join(ownFolder, 'push-key.pem'));
    this.#headFile = join(ownFolder, 'override-heads', `${hash('sha256', gitFolder).slice(0, 24)}.json`);
  }

  /** All records, oldest first, verified. Throws OverrideLogTampered. */
  read(): OverrideRecord[] {
    return this.#verified().records;
  }

  /** Adds a record, on disk when it returns. Throws OverrideLogTampered where what is there does not verify. */
  append(record: OverrideRecord): void {
    const { records, last } = this.#verified();
    const entry: Line = { previous: last, record };
    const text = JSON.stringify(entry);
    const signature = this.#key.sign(text);
    const line = JSON.stringify({ entry, signature });
    mkdirSync(dirname(this.#file), { recursive: true });
    mkdirSync(dirname(this.#headFile), { recursive: true, mode: 0o700 });
    // The head first: a process that dies in between is told as a missing record, never as a free use.
    this.#writeHead({ count: records.length + 1, last: hash('sha256', line) });
    appendFileSync(this.#file, `${line}\n`, { mode: 0o600, flush: true });
  }

  #verified(): { records: OverrideRecord[]; last: string } {
    const head = this.#head();
    const lines = existsSync(this.#file) ? readFileSync(this.#file, 'utf8').split('\n') : [''];
    if (lines.pop() !== '') throw tampered('its last line is cut');
    if (lines.length !== head.count)
      throw tampered(`it has ${lines.length} records instead of ${head.count}`);
    let last = first;
    const records = lines.map((line, i) => {
      const record = recordIn(line, last, this.#key);
      if (record === undefined) throw tampered(`record ${i + 1} was changed`);
      last = hash('sha256', line);
      return record;
    });
    if (last !== head.last) throw tampered('its last record is another one');
    return { records, last };
  }

  #head(): Head {
    if (!existsSync(this.#headFile)) return { count: 0, last: first };
    try {
      const { count, last } = JSON.parse(readFileSync(this.#headFile, 'utf8')) as Head;
      if (Number.isSafeInteger(count) && typeof last === 'string') return { count, last };
    } catch {
      // As a head that was changed.
    }
    throw tampered('the note of its length cannot be read');
  }

  #writeHead(head: Head): void {
    const temporary = `${this.#headFile}.${process.pid}`;
    writeFileSync(temporary, JSON.stringify(head), { mode: 0o600, flush: true });
    renameSync(temporary, this.#headFile);
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
    `The record of overrides does not verify: ${what}. No override counts until it does.`,
  );
