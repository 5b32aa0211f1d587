/** Something to do, and the commands for it, one after another; nothing runs them but who reads them. */
export interface Step {
  readonly text: string;
  readonly commands: readonly string[];
}

/** What a plan needs to know beside the repository. */
export interface Means {
  /** Whether git-filter-repo is installed. */
  readonly hasFilterRepo: boolean;
  /** The command line that repeats this check for the same secrets. */
  readonly check: string;
  /** Whether whoever asks stands at the top of the repository, for which the commands are. */
  readonly isAtTop: boolean;
  /** Whether what nothing leads to was looked at as well. */
  readonly allObjects: boolean;
  /** What of the work tree holds the secrets. */
  readonly inTree: readonly { readonly path: string; readonly line: number }[];
}

/**
 * Reflogs keep what was, and git keeps objects for two weeks. The times are settings and not options, because options
 * would empty the reflog of the stash too, which is the stash.
 */
export const forgetStep: Step = {
  text: 'Make this clone forget what was, but for what is stashed; nothing can be undone after this:',
  commands: [
    'git -c gc.reflogExpire=now -c gc.reflogExpireUnreachable=now reflog expire --all',
    'git gc --prune=now --quiet',
  ],
};
