/** Where a text comes from. Members of archives are named `outer.zip!/inner.env`. */
export interface Place {
  /** As the reader can find it: relative to the working folder where it lies below, else absolute. */
  readonly path: string;
  /** Full id of the commit that brought it, for texts from a history. */
  readonly commit?: string;
}

/** Why something was not scanned. */
export type SkipReason = keyof typeof reasons;

export interface Skip {
  readonly place: Place;
  readonly reason: SkipReason;
  /** What more there is to say: the name of a rule. */
  readonly detail?: string;
}

/** In words, and whether what was left out could hold findings that the scan was asked for. */
const reasons = {
  binary: { words: 'binary', isIncomplete: false },
  ignored: { words: 'ignored by .gitignore', isIncomplete: false },
  excluded: { words: 'excluded by the configuration', isIncomplete: false },
  'symbolic-link': { words: 'a symbolic link, which is not followed', isIncomplete: false },
  'special-file': { words: 'not a regular file', isIncomplete: false },
  'named-link': {
    words: 'named, but a symbolic link, which is not followed: name its target',
    isIncomplete: true,
  },
  'named-special-file': { words: 'named, but not a regular file', isIncomplete: true },
  submodule: { words: 'a submodule, which has its own history', isIncomplete: false },
  'unsupported-archive': { words: 'an archive of a kind that is not opened', isIncomplete: false },
  'large-file-elsewhere': { words: 'a large file that is not in this clone', isIncomplete: false },
  missing: { words: 'not there', isIncomplete: true },
  unreadable: { words: 'could not be read', isIncomplete: true },
  'too-large': { words: 'larger than --max-size', isIncomplete: true },
  'ignore-file-too-large': { words: 'too large to be applied, so nothing was ignored', isIncomplete: false },
  'broken-archive': { words: 'a broken or truncated archive', isIncomplete: true },
  'encrypted-archive': { words: 'encrypted', isIncomplete: true },
  'archive-method': { words: 'compressed in a way that is not understood', isIncomplete: true },
  'archive-too-deep': { words: 'too many archives inside each other', isIncomplete: true },
  'archive-too-many': { words: 'too many members in the archive', isIncomplete: true },
  'archive-too-large': { words: 'an archive that is too large, or expands to too much', isIncomplete: true },
  'too-many-findings': { words: 'beyond its 10,000 gravest findings', isIncomplete: true },
  'missing-object': { words: 'an object that the repository does not have', isIncomplete: true },
  'shallow-history': { words: 'a shallow clone: older commits are not here', isIncomplete: true },
  'tool-failed': { words: 'a tool that did not do its part', isIncomplete: true },
  'tool-incomplete': { words: 'a tool that did not look at everything', isIncomplete: true },
  failed: { words: 'the scanner failed on it', isIncomplete: true },
  'rule-switched-off': {
    words: 'no longer by a rule of yours, which took too many steps',
    isIncomplete: true,
  },
  'untrusted-rules': {
    words: 'a rule module that nobody trusted: see memhold trust',
    isIncomplete: true,
  },
  'untrusted-agent': {
    words: 'the agent of the project, which nobody trusted: see memhold trust',
    isIncomplete: true,
  },
} as const satisfies Record<string, { words: string; isIncomplete: boolean }>;

/** Whether a scan with such a skip must not be called clean. */
export const isIncomplete = (reason: SkipReason): boolean => reasons[reason].isIncomplete;
export const wordsOfSkip = (reason: SkipReason): string => reasons[reason].words;
