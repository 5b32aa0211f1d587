import { resolve } from 'node:path';
import type { GitSelection } from '../files/git-changes.ts';
import type { Category, Severity } from '../finding.ts';
import { type Format, formatList, isFormat } from '../reports/formats.ts';
import { severityOrder } from '../reports/report.ts';
import type { ScanFlags } from './flags.ts';
import { readToolsRequest, type ToolsRequest } from './tools-request.ts';
import { UsageError } from './usage-error.ts';

export { UsageError } from './usage-error.ts';

/** A report that is written to a file. */
export interface ReportFile {
  readonly format: Format;
  /** As it was given: from the working folder. */
  readonly file: string;
}

/** A command line, checked. */
export interface ScanRequest {
  /** Undefined: the paths. */
  readonly selection: GitSelection | undefined;
  readonly paths: readonly string[];
  /** What the pipeline is for is judged, or this range of it. Undefined: no pipeline. */
  readonly pipeline: { readonly range: string | undefined } | undefined;
  readonly format: Format;
  /** Besides the one on standard output. */
  readonly reports: readonly ReportFile[];
  /** Whether text shows which controls the findings touch. */
  readonly showsCompliance: boolean;
  /** Undefined: never. */
  readonly failOn: Severity | undefined;
  readonly allowEmpty: boolean;
  readonly useIgnoreFiles: boolean;
  readonly useSuppressions: boolean;
  readonly largestText: number;
  readonly config: string | undefined;
  readonly baseline: string | undefined;
  readonly writeBaseline: string | undefined;
  readonly isVerbose: boolean;
  /** Undefined: secrets and personal data. */
  readonly only: Category | undefined;
  /** Tries the user's own rules on their examples, and scans nothing. */
  readonly checkRules: boolean;
  /** Other tools to run, and reports of theirs to merge; undefined: none. */
  readonly tools: ToolsRequest | undefined;
}

/** Throws UsageError, with what to do. */
export function readRequest(paths: readonly string[], flags: ScanFlags): ScanRequest {
  const selections: GitSelection[] = [];
  if (flags.staged) selections.push({ kind: 'staged' });
  if (flags.range !== undefined) selections.push({ kind: 'range', range: flags.range });
  if (flags.history) selections.push({ kind: 'history' });
  if (selections.length > 1)
    throw new UsageError('--staged, --range and --history exclude each other: keep one');
  if (selections.length === 1 && paths.length > 0) {
    throw new UsageError(`--${selections[0]!.kind} reads the repository of this folder: leave the paths out`);
  }
  const pipeline = readPipeline(paths, flags);
  if (paths.includes('')) throw new UsageError('a path is empty');
  const format = readFormat(flags);
  const reports = readReports(flags.report ?? []);
  const isScan = paths.length > 0 || selections.length > 0 || reports.length > 0;
  if (flags.checkRules && (isScan || (format !== 'text' && format !== 'json'))) {
    throw new UsageError(
      '--check-rules scans nothing: leave paths, git options and reports out; its formats are text and json',
    );
  }
  return {
    selection: pipeline === undefined ? selections[0] : undefined,
    pipeline,
    paths: paths.length > 0 ? [...new Set(paths)] : ['.'],
    format,
    reports,
    showsCompliance: flags.compliance === true,
    failOn: readSeverity(flags.failOn ?? 'high'),
    allowEmpty: flags.allowEmpty === true,
    useIgnoreFiles: flags.ignore !== false,
    useSuppressions: flags.suppressions !== false,
    largestText: readSize(flags.maxSize ?? '10'),
    config: flags.config,
    baseline: flags.baseline,
    writeBaseline: flags.writeBaseline,
    isVerbose: flags.verbose === true,
    only: readCategory(flags.only),
    checkRules: flags.checkRules === true,
    tools: readToolsRequest(flags, { paths, isOfGit: selections.length > 0 }),
  };
}

const ofPipeline: ReadonlySet<string> = new Set<keyof ScanFlags>([
  ...(['ci', 'range', 'failOn', 'format', 'json', 'report', 'compliance', 'verbose'] as const),
]);

/** The default branch has the say, and no file or option besides it. */
function readPipeline(paths: readonly string[], flags: ScanFlags): ScanRequest['pipeline'] {
  if (flags.ci !== true) return undefined;
  const others = Object.entries(flags).filter(([name, value]) => {
    const isGiven = name === 'ignore' || name === 'suppressions' ? value === false : value !== undefined;
    return isGiven && !ofPipeline.has(name);
  });
  if (paths.length > 0 || others.length > 0)
    throw new UsageError(
      '--ci judges commits by the policy of the default branch: it takes --range, --fail-on and what is about reports',
    );
  return { range: flags.range };
}

function readFormat({ format, json }: ScanFlags): Format {
  const wanted = format ?? (json ? 'json' : 'text');
  if (json && wanted !== 'json') throw new UsageError('--json and --format name two formats: keep one');
  if (isFormat(wanted)) return wanted;
  throw new UsageError(`--format takes ${formatList}`);
}

function readReports(texts: readonly string[]): ReportFile[] {
  const reports = texts.map((text) => {
    const [, format = '', file = ''] = /^([a-z]*)=(.*)$/s.exec(text) ?? [];
    if (!isFormat(format) || file === '')
      throw new UsageError(`--report takes a format and a file, as html=scan.html: ${formatList}`);
    return { format, file };
  });
  const files = reports.map(({ file }) => resolve(file));
  if (new Set(files).size < files.length)
    throw new UsageError('two reports have the same file: name another for one of them');
  return reports;
}

function readCategory(text: string | undefined): Category | undefined {
  if (text === undefined) return undefined;
  if (text === 'secrets') return 'secret';
  if (text === 'personal-data') return 'pii';
  throw new UsageError('--only takes secrets or personal-data');
}

function readSeverity(text: string): Severity | undefined {
  if (text === 'never') return undefined;
  const severity = severityOrder.find((one) => one === text);
  if (severity === undefined) throw new UsageError('--fail-on takes critical, high, medium, low or never');
  return severity;
}

function readSize(text: string): number {
  const megabytes = Number(text);
  if (!/^\d+(?:\.\d+)?$/.test(text) || megabytes <= 0 || megabytes > 500) {
    throw new UsageError('--max-size takes megabytes, up to 500');
  }
  return Math.round(megabytes * 1_000_000);
}
