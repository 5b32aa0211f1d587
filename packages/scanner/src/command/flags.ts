export interface ScanOption {
  readonly flag: string;
  readonly description: string;
  /** Can be given several times. */
  readonly isRepeatable?: true;
}

/** Options of the command, as both command lines show and parse them. */
export const scanOptions: readonly ScanOption[] = [
  { flag: '--staged', description: 'what is staged for the next commit' },
  { flag: '--range <range>', description: 'the commits of a range, each of them: main..HEAD' },
  { flag: '--history', description: 'every commit of every branch and tag' },
  {
    flag: '--ci',
    description:
      'the commits that this pipeline is for, judged as a push by the policy of the default branch',
  },
  {
    flag: '--format <format>',
    description: 'text, json, sarif, html, markdown, junit, github or gitlab (default: text)',
  },
  { flag: '--json', description: 'the same as --format json' },
  {
    flag: '--report <format=file>',
    description: 'writes a report of another format to a file as well; can be repeated',
    isRepeatable: true,
  },
  { flag: '--compliance', description: 'show which controls the findings touch, also in text' },
  {
    flag: '--fail-on <severity>',
    description: 'end with 1 from this severity: critical, high, medium, low or never (default: high)',
  },
  { flag: '--only <what>', description: 'secrets or personal-data (default: both)' },
  { flag: '--allow-empty', description: 'end with 0 where there is nothing to scan' },
  { flag: '--no-ignore', description: 'scan also what .gitignore names' },
  { flag: '--no-suppressions', description: 'comments, allow-list and baseline do not count' },
  { flag: '--max-size <megabytes>', description: 'largest text to scan (default: 10)' },
  { flag: '--config <file>', description: 'settings, in place of .memhold/scan.yaml' },
  { flag: '--with <tools>', description: 'run other tools too: bandit,semgrep or all-installed' },
  {
    flag: '--merge <file>',
    description: 'take the report of another tool in, JSON or SARIF: bandit=report.json; can be repeated',
    isRepeatable: true,
  },
  { flag: '--zap-target <url>', description: 'the running site that zap-baseline looks at' },
  { flag: '--tool-timeout <minutes>', description: 'how long each tool may take (default: 10)' },
  { flag: '--check-rules', description: 'try the rules of your own on their examples, and scan nothing' },
  { flag: '--baseline <file>', description: 'findings that are known and do not count' },
  { flag: '--write-baseline <file>', description: 'take down what is found as known' },
  { flag: '--verbose', description: 'show low severity, suppressed findings and every file left out' },
];

/** The options as parsers give them: names in camel case, `--no-x` as `x: false`. */
export interface ScanFlags {
  staged?: boolean;
  range?: string;
  history?: boolean;
  ci?: boolean;
  format?: string;
  json?: boolean;
  report?: readonly string[];
  compliance?: boolean;
  failOn?: string;
  only?: string;
  allowEmpty?: boolean;
  ignore?: boolean;
  suppressions?: boolean;
  maxSize?: string;
  config?: string;
  with?: string;
  merge?: readonly string[];
  zapTarget?: string;
  toolTimeout?: string;
  checkRules?: boolean;
  baseline?: string;
  writeBaseline?: string;
  verbose?: boolean;
}

export const scanExamples: readonly string[] = [
  'scan',
  'scan --staged',
  'scan --range origin/main..HEAD --fail-on medium',
  'scan --history --format sarif > scan.sarif',
  'scan --ci --report sarif=scan.sarif',
  'scan --report html=scan.html --report junit=scan.xml',
  'scan --write-baseline .memhold/baseline.json',
  'scan --with bandit,semgrep --merge trivy.sarif',
  'scan - < notes.txt',
];
