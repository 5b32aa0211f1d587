import { type Removal, removalText } from './removal.ts';

/** What can be wrong with an export. Stable names: scripts may match on them. */
export type ProblemCode =
  | 'header-missing'
  | 'header-unreadable'
  | 'key-unreadable'
  | 'key-mismatch'
  | 'rotation-invalid'
  | 'rotation-event'
  | 'line-unreadable'
  | 'event-unreadable'
  | 'event-not-canonical'
  | 'event-missing'
  | 'event-not-removed'
  | 'removal-unreadable'
  | 'removal-implausible'
  | 'leaf-mismatch'
  | 'leaf-missing'
  | 'leaf-out-of-place'
  | 'leaf-swapped'
  | 'leaf-repeated'
  | 'private-mismatch'
  | 'checkpoint-unreadable'
  | 'checkpoint-signature'
  | 'checkpoint-origin'
  | 'checkpoint-position'
  | 'checkpoint-time'
  | 'checkpoint-root'
  | 'size-mismatch'
  | 'truncated'
  | 'outside-checkpoint-unreadable'
  | 'outside-checkpoint-signature'
  | 'outside-checkpoint-origin'
  | 'fork';

/** `index`: the (first) leaf concerned, from 0; `last`: the last one where it is a range. */
export type Problem = {
  readonly index?: number;
  readonly last?: number;
  readonly code: ProblemCode;
  readonly message: string;
};

/** The answer of `verifyExport`. */
export type VerifyReport = {
  /** No problem was found. What that means stands in `proven` and `notProven`. */
  readonly ok: boolean;
  /** Number of leaves, as far as the lines tell. */
  readonly size: number;
  /** Leaves among them whose event was removed, its retention being over. */
  readonly removed: number;
  /** What the log says of them: its first 20 records of removals. */
  readonly removals: readonly Removal[];
  /** The first 20 problems, in the order of the file. */
  readonly problems: readonly Problem[];
  /** How many problems there are in all. */
  readonly problemCount: number;
  /** What holds, in plain words. */
  readonly proven: readonly string[];
  /** What this verification cannot tell, in plain words. */
  readonly notProven: readonly string[];
  /** Base64 root over all leaves; undefined where a missing leaf leaves it unknown. */
  readonly root: string | undefined;
  /** Verifier key text of the key that you gave, else of the newest one in the export. */
  readonly key: string | undefined;
};

const REPORTED_PROBLEMS = 20;
/** Replacements of the key that are named in words, the latest ones. */
const SHOWN_ROTATIONS = 5;
/** Records of removals that are told in words, the first ones. */
const SHOWN_REMOVALS = 5;

const ABOUT_LEAVES: readonly ProblemCode[] = [
  'line-unreadable',
  'event-unreadable',
  'event-not-canonical',
  'event-missing',
  'event-not-removed',
  'removal-unreadable',
  'leaf-mismatch',
  'leaf-missing',
  'leaf-out-of-place',
  'leaf-swapped',
  'leaf-repeated',
];

/** Keeps the first problems and counts all. */
export class ProblemList {
  readonly first: Problem[] = [];
  count = 0;
  readonly #codes = new Set<ProblemCode>();

  add(code: ProblemCode, message: string, index?: number, last?: number): void {
    this.count++;
    this.#codes.add(code);
    if (this.first.length >= REPORTED_PROBLEMS) return;
    const range = last === undefined || index === undefined || last <= index ? {} : { last };
    this.first.push({ ...(index === undefined ? {} : { index }), ...range, code, message });
  }

  has(...codes: readonly ProblemCode[]): boolean {
    return codes.some((code) => this.#codes.has(code));
  }
}

/** What was established while reading, for `describe`. */
export type Findings = {
  readonly size: number;
  readonly problems: ProblemList;
  /** Where the trusted key came from. */
  readonly keyFrom: 'outside' | 'export' | undefined;
  /** After how many leaves the key was replaced, each time. */
  readonly replacedAfter: readonly number[];
  /** Which of the keys the trusted one is, 0 the oldest. */
  readonly generation: number;
  readonly removed: number;
  /** Events that tell of those. */
  readonly removalRecords: number;
  /** What the first of them say. */
  readonly removals: readonly Removal[];
  /** Removed leaves that no event tells of: in an export that was cut, it may have been in what is missing. */
  readonly removedUntold: number;
  /** Leaves that a checkpoint with a valid signature covers. */
  readonly signedSize: number;
  readonly checkpoints: number;
  /** The checkpoint kept outside, when one was given and could be read. */
  readonly outside: { readonly size: number; readonly matched: boolean } | undefined;
  readonly privateMatched: number;
  readonly privateAbsent: number;
  /** First leaf whose time is well before that of an earlier leaf, and how many there are. */
  readonly clockBack: { readonly index: number; readonly count: number } | undefined;
};

/** What holds and what is left open, in plain words. */
export function describe(findings: Findings): Pick<VerifyReport, 'proven' | 'notProven'> {
  const { size, problems, keyFrom, signedSize, checkpoints, outside, removed } = findings;
  const proven: string[] = [];
  const notProven: string[] = [];
  if (!problems.has(...ABOUT_LEAVES)) {
    proven.push(`All ${size - removed} events match their leaf hashes and stand in order.`);
    if (removed > 0 && findings.removedUntold === 0) {
      proven.push(
        `${removed} more events were removed, and ${findings.removalRecords} later events tell of it: their leaf hashes are still there.`,
      );
    }
  }
  if (checkpoints > 0 && keyFrom !== undefined) {
    proven.push(
      `The first ${signedSize} leaves are those of ${checkpoints} checkpoints signed with ${whoseKey(findings)}.`,
    );
  }
  // That of an empty log is the beginning of any log.
  const covered = outside?.matched && outside.size > 0 ? outside.size : undefined;
  if (covered !== undefined) {
    proven.push(`The first ${covered} leaves are exactly those of the checkpoint that you kept outside.`);
  }
  // What a part fits is a commitment in an event: of an event that was altered, or that nobody signed, it says nothing.
  const asLogged = signedSize === size && !problems.has(...ABOUT_LEAVES, 'private-mismatch');
  if (findings.privateMatched > 0 && asLogged) {
    proven.push(`${findings.privateMatched} private parts are the ones that were logged.`);
  }
  if (keyFrom !== 'outside') {
    notProven.push(
      'Who wrote this export: the key was taken from the export itself, and anyone can make an export with a key of their own. Give the key that you got another way.',
    );
  }
  const replaced = findings.replacedAfter[findings.generation];
  if (keyFrom === 'outside' && replaced !== undefined) {
    notProven.push(
      `Who signed after the first ${replaced} leaves: the key that you gave was replaced there, and whoever stole it later could have named a key of their own. Give the newest key, that you got another way.`,
    );
  }
  if (outside?.matched && covered === undefined && size > 0) {
    notProven.push(
      `That nothing was cut off or rewritten: the checkpoint kept outside is of the empty log, and covers none of ${size} leaves.`,
    );
  } else if (!outside?.matched) {
    notProven.push(
      'That nothing was cut off at the end and that the log was not rewound or replaced: only a checkpoint kept outside can show that.',
    );
  } else if (outside.size < size) {
    notProven.push(
      `That nothing was cut off or rewritten after leaf ${outside.size - 1}: the checkpoint kept outside covers the first ${outside.size} of ${size} leaves.`,
    );
  }
  if (signedSize < size)
    notProven.push(`Leaves ${signedSize} to ${size - 1}: no valid checkpoint covers them.`);
  if (findings.removedUntold > 0) {
    notProven.push(
      `That ${findings.removedUntold} events are rightly missing: no event of this export tells of it.`,
    );
  }
  if (removed > 0) {
    notProven.push(
      `What the ${removed} removed events said, and that their time was over: only their leaf hashes are left, and only the log's own word says why. Whoever runs the server could have hidden an event like that.`,
      ...removalsTold(findings),
    );
  }
  if (findings.privateAbsent > 0) {
    notProven.push(
      `What the private parts of ${findings.privateAbsent} events said: they were erased, or left out of this file.`,
    );
  }
  if (findings.clockBack !== undefined) {
    const { index, count } = findings.clockBack;
    notProven.push(
      `The times of ${count} events from leaf ${index} on: they are before those of earlier events, so the clock was set back. The order is that of the log.`,
    );
  }
  return { proven, notProven };
}

function removalsTold({ removals, removalRecords }: Findings): string[] {
  const told = removals.slice(0, SHOWN_REMOVALS).map(removalText);
  const more = removalRecords - told.length;
  return more > 0
    ? [...told, `What ${more} more records of removals say: they are the events audit.records.removed.`]
    : told;
}

/** Which key the signatures were checked with, and that it was replaced. */
function whoseKey({ keyFrom, replacedAfter, generation }: Findings): string {
  const key = keyFrom === 'outside' ? 'the key that you gave' : 'the key inside the export';
  if (replacedAfter.length === 0) return key;
  const times = replacedAfter.length === 1 ? 'once' : `${replacedAfter.length} times`;
  const shown = replacedAfter.slice(-SHOWN_ROTATIONS).join(', ');
  const where = replacedAfter.length > SHOWN_ROTATIONS ? `…, ${shown}` : shown;
  const which = `number ${generation + 1} of ${replacedAfter.length + 1}`;
  return `${key} (${which}) and those linked to it: the key was replaced ${times}, after ${where} leaves, and each time the old and the new key signed for it`;
}
