import { dirname, resolve } from 'node:path';
import { scanOf } from '../checklist/repository/scan-evidence.ts';
import { loadSettings } from '../command/settings-files.ts';
import type { Surroundings } from '../command/surroundings.ts';
import { readTrusted, trustFile } from '../custom-rules/trust-store.ts';
import { GitFailure, gitText } from '../files/git.ts';
import { OverrideLog, OverrideLogTampered } from '../push/override-log.ts';
import type { RunResult } from './run-result.ts';
import type { Entry } from './trend.ts';

/** Who has access to a server, a line each; `problem` where it could not be asked. */
export interface AccessLists {
  readonly keys: readonly string[];
  readonly accounts: readonly string[];
  readonly problem?: string;
}

const year = 365 * 86_400_000;

/** Who and what may do more than others: keys, accounts, overrides of vetoes, suppressions, modules that run. */
export async function accessReview(
  { folder, people }: { folder: string; people: AccessLists },
  surroundings: Surroundings,
): Promise<RunResult> {
  const parts = [
    { entries: [], problems: [], chapters: chaptersOf(people) },
    await overrides(folder, surroundings),
    await suppressions(folder, surroundings),
    modules(surroundings),
  ];
  return {
    entries: parts.flatMap(({ entries }) => entries),
    problems: parts.flatMap(({ problems }) => problems),
    chapters: parts.flatMap(({ chapters }) => chapters),
  };
}

function chaptersOf({ keys, accounts, problem }: AccessLists) {
  const none = problem === undefined ? ['none'] : [problem];
  return [
    { title: 'Keys of the API', lines: keys.length > 0 ? keys : none },
    { title: 'Accounts', lines: accounts.length > 0 ? accounts : none },
  ];
}

/** The signed record of this clone. One that does not verify is a finding of its own. */
async function overrides(folder: string, { env, now }: Surroundings): Promise<RunResult> {
  const title = 'Overridden vetoes of the last year';
  try {
    const common = (await gitText(['rev-parse', '--git-common-dir'], { folder, env })).replace(/\n$/, '');
    const log = new OverrideLog(resolve(folder, common), dirname(trustFile(env)));
    const records = log.read().filter(({ time }) => now().getTime() - Date.parse(time) < year);
    const lines = records.map(
      ({ time, user, reason, remote, findings }) =>
        `${time.slice(0, 10)} ${user} to ${remote}, ${findings.length} findings: ${reason}`,
    );
    return result(title, lines.length > 0 ? lines : ['none']);
  } catch (error) {
    if (error instanceof GitFailure) return result(title, ['the folder is no git repository']);
    if (!(error instanceof OverrideLogTampered)) throw error;
    const entry: Entry = {
      key: 'override-record',
      severity: 'critical',
      title: 'The record of overrides does not verify',
      where: error.message,
    };
    return { ...result(title, [error.message]), entries: [entry] };
  }
}

/** Comments and entries of the allow-list whose last day is over: they silence nothing, and say that something is open. */
async function suppressions(folder: string, surroundings: Surroundings): Promise<RunResult> {
  const title = 'Suppressions that have expired';
  const today = surroundings.now().toISOString().slice(0, 10);
  const quiet = { ...surroundings, folder, err: () => undefined };
  const scan = await scanOf(folder, quiet);
  const comments = (scan?.findings ?? [])
    .filter(({ rule_id }) => rule_id === 'suppression-expired')
    .map(({ file, line }) => `the comment at ${file}:${line}`);
  const settings = await loadSettings({ config: undefined }, quiet).catch(() => undefined);
  const allowed = (settings?.settings.allow ?? [])
    .filter(({ until }) => until !== undefined && until < today)
    .map(({ rule, path, fingerprint, until }) => {
      const what = [rule, path, fingerprint].filter((one) => one !== undefined).join(' ');
      return `the entry of .memhold/scan.yaml for ${what}, until ${until}`;
    });
  const lines = [...comments, ...allowed];
  const entries = lines.map(
    (where): Entry => ({
      key: `expired ${where}`,
      severity: 'low',
      title: 'A suppression has expired',
      where,
    }),
  );
  return { ...result(title, lines.length > 0 ? lines : ['none']), entries };
}

function modules({ env }: Surroundings): RunResult {
  const trusted = readTrusted(trustFile(env));
  const lines = trusted.map(
    (one) => `${one.path}, since ${one.trustedAt.slice(0, 10)}, SHA-256 ${one.sha256}`,
  );
  return result('Modules of rules that may run (memhold trust)', lines.length > 0 ? lines : ['none']);
}

const result = (title: string, lines: readonly string[]): RunResult => ({
  entries: [],
  problems: [],
  chapters: [{ title, lines }],
});
