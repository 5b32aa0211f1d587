import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadPolicy } from '../command/policy-files.ts';
import { UsageError } from '../command/request.ts';
import { setUp } from '../command/scan-setup.ts';
import { loadSettings } from '../command/settings-files.ts';
import type { Surroundings } from '../command/surroundings.ts';
import type { GitOptions } from '../files/git.ts';
import type { Skip } from '../files/place.ts';
import { keyOf } from '../fingerprint.ts';
import { gitLines } from '../push/git-lines.ts';
import type { Scanner } from '../scan.ts';
import { findInHistory, findInTree, type Looking, type Seen } from './find-secrets.ts';
import { isTelling } from './forms.ts';
import type { Repository } from './repository.ts';
import { type HistoryRequest, isNamed } from './request.ts';
import type { Secrets } from './secrets.ts';

/** More would be a tree of test data, in which nobody reads what became of each. */
const mostSecrets = 1000;

interface Gathered {
  readonly seen: readonly Seen[];
  readonly skips: readonly Skip[];
  readonly gaps: readonly string[];
  readonly scanner: Scanner;
  /** Contents of the history that were scanned. */
  readonly contents: number;
}

/** Takes up the secrets that are asked for: of the work tree, and of the history where that is needed. */
export async function gatherSecrets(
  repository: Repository,
  request: HistoryRequest,
  surroundings: Surroundings,
  secrets: Secrets,
): Promise<Gathered> {
  const { top, git } = repository;
  const folder = top ?? git.folder;
  const settings = await loadSettings(request.scan, { folder, env: surroundings.env });
  const today = surroundings.now().toISOString().slice(0, 10);
  const policy = await loadPolicy({ folder, env: surroundings.env });
  // It has said what the project guards, and nothing is decided here.
  await policy?.agent?.stop();
  const order = { request: request.scan, folder, today, settings, policy: policy?.loaded };
  const setup = await setUp(order);
  const { scanner } = setup.intake;
  const none: Gathered = { seen: [], skips: [], gaps: [], scanner, contents: 0 };
  if (request.isTyped) return none;
  const untrusted = settings?.modules.untrusted ?? [];
  const gaps = [
    ...untrusted.map((path) => `${path}: a rule module that nobody trusted: see memhold trust`),
    ...(policy?.untrusted ?? []).map((path) => `${path}: an agent that nobody trusted: see memhold trust`),
  ];
  const named = await namedKeys(request, git);
  const looking: Looking = { request: { ...request, keys: named }, order, setup, surroundings, secrets };
  const skips = top === undefined ? [] : await findInTree(top, looking);
  const isAllFound = isNamed(request) && named.length > 0 && named.every((key) => secrets.has(key));
  // What is too short to be told from other words counts only where the scanner sees it.
  const isEnough = (request.treeOnly || isAllFound) && secrets.values.every(isTelling);
  const found = isEnough ? none : await findInHistory(repository, looking, !request.treeOnly);
  if (request.ids.length > 0 && secrets.list.length === 0)
    throw new UsageError(
      'no finding of the tree, the history or the last veto has this id: name its fingerprint',
    );
  const left = secrets.limit(mostSecrets);
  if (left > 0)
    gaps.push(`${left} secrets more than the ${mostSecrets} gravest: name them with --fingerprint`);
  return { seen: found.seen, skips: [...skips, ...found.skips], gaps, scanner, contents: found.contents };
}

/** What was asked for by id may stand in the report of the last veto. */
async function namedKeys({ keys, ids }: HistoryRequest, git: GitOptions): Promise<string[]> {
  if (ids.length === 0) return [...keys];
  const [common = '.git'] = await gitLines(['rev-parse', '--git-common-dir'], git);
  const file = resolve(git.folder, common, 'memhold', 'last-push.json');
  if (!existsSync(file)) return [...keys];
  try {
    const { findings } = JSON.parse(readFileSync(file, 'utf8')) as {
      findings: { id: string; fingerprint: string }[];
    };
    const wanted = findings.filter(({ id }) => ids.includes(id));
    return [...keys, ...wanted.map(({ fingerprint }) => keyOf(fingerprint))];
  } catch {
    // Not as it was written: then the tree and the history have to know the id.
    return [...keys];
  }
}
