/** What `hook` can do, as both command lines show it. */
export const hookActions = {
  install:
    'look at every commit before it is pushed; hooks that are there stay, also those of husky, lefthook and pre-commit',
  uninstall: 'remove the hook, and put back what was there before',
  status: 'whether the hook is installed, and where',
  'reset-record': 'put a record of overrides that does not verify aside, and begin a new one',
  'pre-receive': 'what git runs where a push arrives: takes all of it, or nothing',
  'pre-push': 'what git runs: looks at what standard input names, and stops the push or lets it through',
} as const;

export type HookAction = keyof typeof hookActions;

/** Of `install`: a hook of git's own, where settings of lefthook or pre-commit would get an entry. */
export const plainFlag = {
  flag: '--plain',
  description: 'into the git folder of this clone, also where lefthook or pre-commit is used',
} as const;

export const hookExamples: readonly string[] = ['hook install', 'hook status', 'hook uninstall'];
