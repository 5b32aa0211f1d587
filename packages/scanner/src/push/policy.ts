import type { TrustedModule } from '../custom-rules/module-rules.ts';
import { OwnRules } from '../custom-rules/own-rules.ts';
import { hashOf, readTrusted, trustFile } from '../custom-rules/trust-store.ts';
import { readBaseline } from '../files/baseline.ts';
import {
  type Configuration,
  configurationOf,
  noConfiguration,
  parseSettings,
  type Settings,
} from '../files/configuration.ts';
import { GitFailure, type GitOptions, gitBytes } from '../files/git.ts';
import { readSettingsText } from '../files/read-settings-text.ts';
import { InvalidConfiguration, oneOf, record } from '../files/settings-shape.ts';
import type { Posture } from './decision.ts';
import { gitLines } from './git-lines.ts';
import type { RemoteView } from './remotes.ts';

/**
 * What the remote's default branch says about pushes. The commits under judgement have no say: whoever can add a
 * secret can add its excuse.
 */
export interface PushPolicy {
  readonly posture: Posture;
  readonly ownRules: OwnRules | undefined;
  /** Commit of the default branch as this clone knows it; undefined where it knows none. */
  readonly commit: string | undefined;
  readonly configuration: Configuration;
  readonly baseline: ReadonlySet<string>;
  /** `YYYY-MM-DD` */
  readonly today: string;
}

type ReadFile = (path: string) => Promise<Buffer | undefined>;

const POSTURE_FILE = '.memhold/security.yaml';

/**
 * Reads the policy of the repository that is pushed to. Where this clone does not know its default branch nothing is allowed, and the
 * strictest posture counts that any branch of the remote asks for; where it does not know the repository, that any remote does.
 * Throws GitFailure, InvalidConfiguration, TrustStoreError.
 */
export async function readPolicy(
  { defaultCommit: commit, candidates }: RemoteView,
  options: GitOptions,
  now: Date,
): Promise<PushPolicy> {
  const today = now.toISOString().slice(0, 10);
  const of =
    (id: string): ReadFile =>
    (path) =>
      fileAt(id, path, options);
  if (commit === undefined) {
    const nothing = { configuration: noConfiguration, ownRules: undefined, baseline: new Set<string>() };
    return { ...nothing, posture: await strictest(candidates.map(of)), commit, today };
  }
  const file = of(commit);
  const known = (await file('.memhold/baseline.json'))?.toString('utf8');
  const settings = await settingsIn(async (path) => (await file(path))?.toString('utf8'));
  return {
    posture: await postureIn(file),
    configuration: settings === undefined ? noConfiguration : configurationOf(settings, today),
    ownRules: settings && (await ownRulesOf(settings, file, options)),
    baseline: known === undefined ? new Set() : readBaseline(known),
    commit,
    today,
  };
}

async function strictest(branches: readonly ReadFile[]): Promise<Posture> {
  for (const file of branches) if ((await postureIn(file)) === 'high') return 'high';
  return 'medium';
}

async function postureIn(file: ReadFile): Promise<Posture> {
  const text = (await file(POSTURE_FILE))?.toString('utf8');
  if (text === undefined) return 'medium';
  const { posture = 'medium' } = record(await readSettingsText(text, 'yaml'), POSTURE_FILE, ['posture']);
  return oneOf(posture, 'posture', ['medium', 'high'] as const);
}

async function settingsIn(
  text: (path: string) => Promise<string | undefined>,
): Promise<Settings | undefined> {
  const [yaml, json] = [await text('.memhold/scan.yaml'), await text('.memhold/scan.json')];
  if (yaml !== undefined && json !== undefined)
    throw new InvalidConfiguration('.memhold/scan.yaml and .memhold/scan.json are both there: remove one');
  if (yaml !== undefined) return parseSettings(yaml, 'yaml');
  return json === undefined ? undefined : parseSettings(json, 'json');
}

/** Code of the repository runs only where the user trusted these very bytes. */
async function ownRulesOf(
  { rules, modules }: Settings,
  file: ReadFile,
  { env }: GitOptions,
): Promise<OwnRules | undefined> {
  if (rules.length === 0 && modules.length === 0) return undefined;
  const trusted = new Set(
    modules.length === 0 ? [] : readTrusted(trustFile(env)).map(({ sha256 }) => sha256),
  );
  const loaded: TrustedModule[] = [];
  for (const name of modules) {
    const bytes = await file(name);
    if (bytes === undefined) throw new InvalidConfiguration(`${name} is a rule module, but it is not there`);
    if (!trusted.has(hashOf(bytes)))
      throw new InvalidConfiguration(
        `${name} is a rule module that is not trusted: look at it, then memhold trust`,
      );
    loaded.push({ name, base64: bytes.toString('base64') });
  }
  return OwnRules.from({ definitions: rules, modules: loaded });
}

/** A file of a commit; undefined where it has none. Throws GitFailure where it cannot be read. */
async function fileAt(commit: string, path: string, options: GitOptions): Promise<Buffer | undefined> {
  // Absence and damage are to be told apart: a policy that cannot be read must not count as none.
  const [entry] = await gitLines(['ls-tree', '--full-tree', commit, '--', path], options);
  if (entry === undefined) return undefined;
  const [mode, type, id] = entry.split(/[ \t]/);
  if (type !== 'blob' || mode === '120000') throw new GitFailure(`${path} of the default branch is no file`);
  return gitBytes(['cat-file', 'blob', id!], options);
}
