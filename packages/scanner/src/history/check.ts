import { realpathSync } from 'node:fs';
import { progressBar } from '../command/progress.ts';
import type { Surroundings } from '../command/surroundings.ts';
import { GitFailure } from '../files/git.ts';
import type { Skip } from '../files/place.ts';
import { gitAnswer } from '../push/git-lines.ts';
import { hideWith } from '../reports/presentable.ts';
import { type CleanUp, planCleanUp } from './clean-up.ts';
import { isTelling } from './forms.ts';
import { gatherSecrets } from './gather-secrets.ts';
import { type PushedWhere, pushedWhere } from './pushed-where.ts';
import { type Repository, readRepository } from './repository.ts';
import { type HistoryRequest, isNamed } from './request.ts';
import { searchHistory, withoutValues } from './search-history.ts';
import { type Secret, Secrets } from './secrets.ts';
import { type Trace, traceAll } from './trace.ts';
import { readTypedValue } from './typed-value.ts';
import { ValueSearch } from './value-search.ts';

/** What is known of one secret. */
export interface Traced {
  readonly secret: Secret;
  readonly trace: Trace;
  readonly pushed: PushedWhere;
}

/** What a check of a history found. */
export interface HistoryReport {
  readonly repository: Repository;
  /** Those that the history holds first. */
  readonly traced: readonly Traced[];
  readonly cleanUp: CleanUp;
  readonly skips: readonly Skip[];
  /** What keeps the answer from being whole, in words. */
  readonly gaps: readonly string[];
  /** What was asked for: an empty answer means something else for each. */
  readonly asked: 'all' | 'tree' | 'named' | 'typed';
  /** Contents that were searched. */
  readonly contents: number;
  readonly exitCode: number;
}

export const isInHistory = ({ trace }: Traced): boolean =>
  trace.refs.length > 0 || trace.isLoose || trace.appears.length > 0;

/** Looks for secrets in the history of the repository around this folder. Throws GitFailure and UsageError. */
export async function checkHistory(
  request: HistoryRequest,
  surroundings: Surroundings,
): Promise<HistoryReport> {
  const secrets = new Secrets();
  if (request.isTyped) secrets.takeTyped(await readTypedValue(surroundings));
  const commits = progressBar(surroundings, 'commits');
  const repository = await readRepository(
    { folder: surroundings.folder, env: surroundings.env },
    { allObjects: request.allObjects, onProgress: (done, total) => commits.show(done, total) },
  );
  commits.clear();
  try {
    return await checkRepository(repository, request, surroundings, secrets);
  } catch (error) {
    // Why objects may be missing is known; git only says that one is.
    if (error instanceof GitFailure && repository.gaps.length > 0)
      throw new GitFailure(`${error.message} (${repository.gaps.join('; ')})`);
    throw error;
  }
}

async function checkRepository(
  repository: Repository,
  request: HistoryRequest,
  surroundings: Surroundings,
  secrets: Secrets,
): Promise<HistoryReport> {
  const { seen, skips, scanner, gaps, contents } = await gatherSecrets(
    repository,
    request,
    surroundings,
    secrets,
  );
  const isTyped = request.isTyped;
  const search = new ValueSearch(secrets.values, (value) => isTyped || isTelling(value));
  hideWith(withoutValues(scanner, search));
  const hits = await searchHistory(repository, search, secrets, seen, surroundings);
  const traces = traceAll(repository, hits.all);
  const traced = secrets.list
    .map((secret, i) => ({ secret, trace: traces[i]!, pushed: pushedWhere(repository, traces[i]!) }))
    .sort((a, b) => Number(isInHistory(b)) - Number(isInHistory(a)));
  const found = traced.filter(isInHistory);
  const allGaps = [...repository.gaps, ...gaps];
  const allSkips = [...skips, ...hits.skips];
  return {
    repository,
    traced,
    cleanUp: planCleanUp(
      repository,
      found.map(({ trace }) => trace),
      {
        hasFilterRepo: found.length > 0 && (await hasFilterRepo(repository)),
        isAtTop:
          repository.top === undefined || realpathSync(surroundings.folder) === realpathSync(repository.top),
        allObjects: request.allObjects,
        check: checkCommand(request, found, surroundings.tool.name),
        inTree: (found.length > 0 ? found : traced).flatMap(({ secret }) => secret.inTree),
      },
    ),
    skips: allSkips,
    gaps: allGaps,
    asked: isTyped ? 'typed' : isNamed(request) ? 'named' : request.treeOnly ? 'tree' : 'all',
    contents: Math.max(contents, hits.contents),
    exitCode: allGaps.length + allSkips.length > 0 ? 2 : found.length > 0 ? 1 : 0,
  };
}

/** Where it is not installed, git would run an alias of that name, which the repository could bring. */
async function hasFilterRepo({ git }: Repository): Promise<boolean> {
  return (await gitAnswer(['-c', 'alias.filter-repo=', 'filter-repo', '--version'], git)) !== undefined;
}

const mostNamed = 3;

/** The command line that asks for the same again. */
function checkCommand(request: HistoryRequest, found: readonly Traced[], tool: string): string {
  const fingerprints = found.flatMap(({ secret }) => secret.fingerprint ?? []);
  const command = `${tool} history check`;
  if (request.isTyped) return `${command} --stdin`;
  const isShort = fingerprints.length > 0 && fingerprints.length <= mostNamed;
  return isShort ? [command, ...fingerprints.map((one) => `--fingerprint ${one}`)].join(' ') : command;
}
