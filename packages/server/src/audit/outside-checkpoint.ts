import type { CheckedTree } from './checked-tree.ts';
import type { Checkpoint } from './checkpoint.ts';
import { parseCheckpoint } from './checkpoint.ts';
import type { Verifier } from './note.ts';
import { openNote, parseNote } from './note.ts';
import type { TrustedKeys } from './verify-keys.ts';
import type { Findings, ProblemList } from './verify-report.ts';

/** What the whole export turned out to be. */
export type WholeExport = {
  readonly size: number;
  readonly tree: CheckedTree;
  readonly origin: string | undefined;
  readonly keys: Pick<TrustedKeys, 'signerOf'>;
  /** Time of its newest checkpoint. */
  readonly lastTime: number;
};

/** A signed checkpoint that was kept outside: what finds a log that was cut, rewound or forked. */
export class OutsideCheckpoint {
  readonly #problems: ProblemList;
  readonly #note: string;
  readonly #checkpoint: Checkpoint | undefined;

  constructor(note: string, problems: ProblemList) {
    this.#problems = problems;
    this.#note = note;
    try {
      this.#checkpoint = parseCheckpoint(parseNote(note).text);
    } catch {
      problems.add('outside-checkpoint-unreadable', 'the checkpoint that you gave cannot be read');
    }
  }

  /** Its size, unless it cannot be read. */
  get size(): number | undefined {
    return this.#checkpoint?.size;
  }

  /** Compares it with the export, whose tree must have watched this size. */
  compare(whole: WholeExport): Findings['outside'] {
    const kept = this.#checkpoint;
    if (kept === undefined) return undefined;
    const before = this.#problems.count;
    const { size, lastTime } = whole;
    if (!this.#isSigned(whole.keys.signerOf(kept.size))) {
      const message = 'the checkpoint that you gave is not signed by the key of its time';
      this.#problems.add('outside-checkpoint-signature', message);
    }
    if (whole.origin !== undefined && whole.origin !== kept.origin) {
      this.#problems.add('outside-checkpoint-origin', 'the checkpoint that you gave is of another log');
    }
    const equal = whole.tree.matchedAtWatchedSize(kept.root);
    if (size < kept.size) {
      const message = `the export ends before leaf ${size}, but ${kept.size} leaves were signed: it was cut, or the log rewound`;
      this.#problems.add('truncated', message, size);
    } else if (equal === false) {
      const message = `the first ${kept.size} leaves are not those of the checkpoint that you gave: the log was rewritten or forked`;
      this.#problems.add('fork', message);
    } else if (size > kept.size && kept.time !== undefined && lastTime < kept.time) {
      const message = 'the last checkpoint is older than the one that you gave';
      this.#problems.add('checkpoint-time', message);
    }
    return { size: kept.size, matched: equal === true && this.#problems.count === before };
  }

  #isSigned(verifier: Verifier | undefined): boolean {
    try {
      return verifier !== undefined && openNote(this.#note, [verifier]).verifiedBy.length > 0;
    } catch {
      return false;
    }
  }
}
