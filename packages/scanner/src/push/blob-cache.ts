import { hash } from 'node:crypto';
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SkipReason } from '../files/place.ts';
import { readRegularFile } from '../files/read-file.ts';
import type { ReportedFinding } from '../files/suppressions.ts';
import { putInPlace } from '../files/write-file.ts';
import type { RecordKey } from './record-key.ts';

/** What came of one content, wherever it lies: it names no path, and has no field for a value that was found. */
export interface Outcome {
  readonly files: number;
  readonly scanned: number;
  readonly bytes: number;
  readonly isLatin1: boolean;
  readonly skips: readonly SkipReason[];
  readonly findings: readonly ReportedFinding[];
}

export interface CachePlace {
  /** Absolute. */
  readonly file: string;
  /** The user's own key, which lies outside of the repository. */
  readonly key: RecordKey;
  /** Whatever the outcomes hang on besides the contents: another program or other rules begin anew. */
  readonly basis: readonly string[];
}

const mostEntries = 20_000;
const mostFindings = 200;
const largestFile = 4_000_000;
/** Also tells a signature over this from one over anything else that the key signs. */
const heading = 'memhold blob cache 1';

/**
 * What was found before in contents of files, commits and tags, by their ids: a push that is tried again, or goes to another
 * remote, brings the same. Three lines: a signature of the user's key, what the outcomes hang on, and the outcomes as JSON,
 * least lately used first. What somebody without the key wrote, or what is torn, old or too large, counts as nothing:
 * then everything is looked at again. Errors of the file system never stop a push.
 */
export class BlobCache {
  readonly #place: CachePlace;
  readonly #basis: string;
  readonly #known: ReadonlyMap<string, Outcome>;
  readonly #used = new Set<string>();
  readonly #fresh = new Map<string, Outcome>();

  constructor(place: CachePlace) {
    this.#place = place;
    this.#basis = hash('sha256', JSON.stringify([process.version, programId(), ...place.basis]));
    this.#known = this.#read();
  }

  /** @param name the same for the same content only, looked at in the same way */
  get(name: string): Outcome | undefined {
    const outcome = this.#known.get(name);
    if (outcome !== undefined) this.#used.add(name);
    return outcome;
  }

  set(name: string, outcome: Outcome): void {
    if (outcome.findings.length <= mostFindings) this.#fresh.set(name, outcome);
  }

  /** Writes the file anew where there is something new, for its owner alone: as a whole, or not at all. */
  save(): void {
    if (this.#fresh.size === 0) return;
    const { file, key } = this.#place;
    const unused = [...this.#known].filter(([name]) => !this.#used.has(name));
    const used = [...this.#known].filter(([name]) => this.#used.has(name));
    const text = this.#bounded([...unused, ...used, ...this.#fresh]);
    try {
      mkdirSync(dirname(file), { recursive: true });
      putInPlace(file, `${key.sign(this.#signed(text))}\n${this.#basis}\n${text}\n`, 0o600);
    } catch {
      // Slower the next time, and nothing else.
    }
  }

  #bounded(entries: readonly (readonly [string, Outcome])[]): string {
    const kept: string[] = [];
    let left = largestFile - 1000;
    for (const entry of entries.slice(-mostEntries).reverse()) {
      const text = JSON.stringify(entry);
      // Characters of three bytes at most.
      left -= 3 * text.length;
      if (left < 0) break;
      kept.push(text);
    }
    return `[${kept.reverse().join(',')}]`;
  }

  #read(): Map<string, Outcome> {
    try {
      const result = readRegularFile(this.#place.file, () => largestFile);
      if (!('bytes' in result)) return new Map();
      const [signature = '', basis, text = ''] = result.bytes.toString('utf8').split('\n');
      if (basis !== this.#basis || !this.#place.key.isSigned(this.#signed(text), signature)) return new Map();
      return new Map(JSON.parse(text) as [string, Outcome][]);
    } catch {
      return new Map();
    }
  }

  #signed(text: string): string {
    return `${heading}\n${this.#basis}\n${hash('sha256', text)}`;
  }
}

/** Names, sizes and times of the files of this program: a checkout changes without a new version. */
function programId(): string {
  const isSource = import.meta.url.endsWith('.ts');
  const folder = fileURLToPath(new URL(isSource ? '..' : '.', import.meta.url));
  const names = readdirSync(folder, { recursive: isSource, encoding: 'utf8' }).sort();
  return names
    .filter((name) => /\.[jt]s$/.test(name))
    .map((name) => {
      const { size, mtimeMs } = statSync(join(folder, name));
      return `${name} ${size} ${mtimeMs}`;
    })
    .join('\n');
}
