import type { ScanOption } from '../command/flags.ts';

/** What `history` can do, as both command lines show it. */
export const historyActions = {
  check: 'where each secret came into the history, what holds it, whether it was pushed, and how it goes',
} as const;

/** Options of `history check`, as both command lines show and parse them. */
export const historyOptions: readonly ScanOption[] = [
  {
    flag: '--fingerprint <fingerprint>',
    description: 'only the secret of this finding, as the veto and reports give it',
    isRepeatable: true,
  },
  {
    flag: '--finding <id>',
    description: 'only the secret of the finding with this id: SEC-…',
    isRepeatable: true,
  },
  { flag: '--stdin', description: 'only the value on standard input; a terminal does not show it' },
  { flag: '--tree', description: 'only secrets that the work tree holds now' },
  { flag: '--severity <severity>', description: 'secrets from this severity on (default: high)' },
  { flag: '--all-objects', description: 'look also at what only reflogs, or nothing, leads to' },
  { flag: '--rotation', description: 'with the checklist for replacing each secret' },
  { flag: '--blob-ids', description: 'print only the ids of the contents that hold a secret' },
  { flag: '--json', description: 'print JSON' },
  { flag: '--config <file>', description: 'settings, in place of .memhold/scan.yaml' },
  { flag: '--no-suppressions', description: 'comments and the allow-list do not count' },
  { flag: '--max-size <megabytes>', description: 'largest text to look for secrets in (default: 10)' },
];

/** The options as parsers give them. */
export interface HistoryFlags {
  fingerprint?: string[];
  finding?: string[];
  stdin?: boolean;
  tree?: boolean;
  severity?: string;
  allObjects?: boolean;
  rotation?: boolean;
  blobIds?: boolean;
  json?: boolean;
  config?: string;
  suppressions?: boolean;
  maxSize?: string;
}

export const historyExamples: readonly string[] = [
  'history check',
  'history check --tree --rotation',
  'history check --all-objects --json',
  'history check --stdin',
];
