import type { Checkpoint } from '../checkpoint.ts';
import type { ProofFile } from './proof-file.ts';

/** What can be wrong with a proof of one event. Stable names: scripts may match on them. */
export type ProofProblemCode =
  | 'proof-unreadable'
  | 'key-unreadable'
  | 'key-mismatch'
  | 'event-not-canonical'
  | 'leaf-mismatch'
  | 'proof-mismatch'
  | 'checkpoint-unreadable'
  | 'checkpoint-signature'
  | 'checkpoint-root'
  | 'outside-checkpoint-unreadable'
  | 'outside-checkpoint-signature'
  | 'outside-checkpoint-size'
  | 'fork';

/** The answer of `verifyProof`. */
export type ProofReport = {
  readonly ok: boolean;
  /** Position of the event, from 0, and the number of events that it is shown to be one of; undefined in no proof. */
  readonly index: number | undefined;
  readonly size: number;
  /** The event's exact text; undefined where it does not match its hash, or was removed. */
  readonly event: string | undefined;
  readonly problems: readonly { readonly code: ProofProblemCode; readonly message: string }[];
  /** What holds, and what this verification cannot tell, in plain words. */
  readonly proven: readonly string[];
  readonly notProven: readonly string[];
  /** Base64 root over `size` events. */
  readonly root: string | undefined;
  /** Verifier key text of the key that signed. */
  readonly key: string | undefined;
};

/** What holds and what is left open, in plain words. */
export function describe(
  { index, size, event }: ProofFile,
  signed: Checkpoint,
  found: {
    /** Whether the key, and a checkpoint, came another way than with the file. */
    readonly outsideKey: boolean;
    /** Events that it is over; undefined where none was given. */
    readonly keptOutside: number | undefined;
    readonly replacedKeys: boolean;
    /** After how many events the key that was given was replaced; undefined where it is the newest. */
    readonly replacedAfter: number | undefined;
  },
): Pick<ProofReport, 'proven' | 'notProven'> {
  const when = signed.time === undefined ? '' : ` at ${timeText(signed.time)}`;
  const whose = found.outsideKey ? 'the key that you gave' : 'the key inside the file';
  const replaced = found.replacedKeys ? ', or with one that it leads to' : '';
  const word = event === null ? '' : ', word for word as it was logged';
  const proven = [
    `Event ${index} stands at its place among the first ${size} events of the log ${signed.origin}${word}.`,
    `The first ${signed.size} events were signed${when} with ${whose}${replaced}.`,
  ];
  const notProven: string[] = [];
  if (found.keptOutside !== undefined)
    proven.push(
      `The first ${found.keptOutside} events are exactly those of the checkpoint that you kept outside.`,
    );
  if (!found.outsideKey)
    notProven.push(
      'Who wrote this proof: the key was taken from the file itself, and anyone can make a proof with a key of their own. Give the key that you got another way.',
    );
  if (found.keptOutside === undefined && found.replacedAfter !== undefined)
    notProven.push(
      `Who signed this: the key that you gave was replaced after ${found.replacedAfter} events, and whoever stole it later could have signed, or named a key of their own. Give the newest key, that you got another way.`,
    );
  if (found.keptOutside === undefined)
    notProven.push(
      'That the log was not rewound or replaced since: only a checkpoint kept outside can show that.',
    );
  if (event === null)
    notProven.push(
      'What the event said, and why its text is not here: it was removed from the log or left out of this file, and an export shows which. Only its hash is proven.',
    );
  else if ('private' in (JSON.parse(event) as object))
    notProven.push('What the private part of the event said: a proof holds only a commitment to it.');
  return { proven, notProven };
}

/** A clock can be wrong beyond what a date can be written of. */
function timeText(time: number): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? `${time} ms after 1970` : date.toISOString();
}
