/** One line that git hands to its pre-push hook: what the remote's ref is to become. */
export interface RefUpdate {
  /** As it was given to `git push`: a ref, `HEAD`, a commit id, or `(delete)`. */
  readonly localRef: string;
  /** Undefined: the remote's ref is deleted, and nothing is sent for it. */
  readonly localId: string | undefined;
  readonly remoteRef: string;
  /** What the remote has under that name by now; undefined for a new ref. */
  readonly remoteId: string | undefined;
}

/** What came was not what git hands over. */
export class InvalidPushInput extends Error {}

const id = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/**
 * Parses the standard input of a pre-push hook: `<local ref> <local id> <remote ref> <remote id>` a line, with
 * zeros for an id that is not (githooks(5)). Throws InvalidPushInput: a line that is not understood is a push that is not scanned.
 */
export function parseRefUpdates(input: string): RefUpdate[] {
  const lines = input.split('\n');
  if (lines.pop() !== '')
    throw new InvalidPushInput('the list of refs from git ends in the middle of a line');
  return lines.map((line, i) => {
    // Names of refs hold no space, but what was typed for the local side can: `HEAD@{2 days ago}`.
    const [, localRef, localId, remoteRef, remoteId] =
      /^(.+) ([0-9a-f]+) ([^ ]+) ([0-9a-f]+)$/.exec(line) ?? [];
    if (!localRef || !remoteRef || !id.test(localId ?? '') || !id.test(remoteId ?? ''))
      throw new InvalidPushInput(`line ${i + 1} from git is no update of a ref`);
    return { localRef, localId: known(localId!), remoteRef, remoteId: known(remoteId!) };
  });
}

/**
 * Parses the standard input of a pre-receive hook: `<old id> <new id> <ref>` a line (githooks(5)).
 * Throws InvalidPushInput.
 */
export function parseReceived(input: string): RefUpdate[] {
  const lines = input.split('\n');
  if (lines.pop() !== '')
    throw new InvalidPushInput('the list of refs from git ends in the middle of a line');
  return lines.map((line, i) => {
    const [, from, to, ref] = /^([0-9a-f]+) ([0-9a-f]+) ([^ ]+)$/.exec(line) ?? [];
    if (!ref || !id.test(from ?? '') || !id.test(to ?? ''))
      throw new InvalidPushInput(`line ${i + 1} from git is no update of a ref`);
    return { localRef: ref, localId: known(to!), remoteRef: ref, remoteId: known(from!) };
  });
}

const known = (text: string) => (/^0+$/.test(text) ? undefined : text);
