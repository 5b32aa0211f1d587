import type { TrustedModule } from '../custom-rules/module-rules.ts';
import { OwnRules } from '../custom-rules/own-rules.ts';
import { hashOf, readTrusted, trustFile } from '../custom-rules/trust-store.ts';
import { defaultArchiveLimits } from '../files/archive-budget.ts';
import { readBaseline } from '../files/baseline.ts';
import {
  type Configuration,
  configurationOf,
  noConfiguration,
  parseSettings,
  type Settings,
} from '../files/configuration.ts';
import { GitFailure, type GitOptions, runGit } from '../files/git.ts';
import { readBlobs } from '../files/git-blobs.ts';
import { Intake, type IntakeOptions } from '../files/intake.ts';
import { readSettingsText } from '../files/read-settings-text.ts';
import { InvalidConfiguration, oneOf, record } from '../files/settings-shape.ts';
import type { LocatedFinding, Suppression } from '../files/suppressions.ts';
import { scan } from '../scan.ts';
import { decidingSeverity, type Posture } from './decision.ts';
import { type Destination, gitLines, namesOf } from './pushed.ts';

/**
 * What the remote's default branch says about pushes. The commits under judgement have no say: whoever can add a
 * secret can add its excuse.
 */
export interface PushPolicy {
  readonly posture: Posture;
  readonly intake: IntakeOptions;
  readonly ownRules: OwnRules | undefined;
  /** Commit of the default branch as this clone knows it; undefined where it knows none. */
  readonly commit: string | undefined;
  readonly configuration: Configuration;
  readonly baseline: ReadonlySet<string>;
  /** `YYYY-MM-DD` */
  readonly today: string;
}

const largestText = 10_000_000;

/** Reads the policy of the remote that is pushed to. Throws GitFailure, InvalidConfiguration, TrustStoreError. */
export async function readPolicy(
  destination: Destination,
  options: GitOptions,
  now: Date,
): Promise<PushPolicy> {
  const today = now.toISOString().slice(0, 10);
  const commit = await defaultBranch(destination, options);
  const file = (path: string) => fileAt(commit, path, options);
  const text = async (path: string) => (await file(path))?.toString('utf8');
  const [security, known] = [await text('.memhold/security.yaml'), await text('.memhold/baseline.json')];
  const settings = await settingsIn(text);
  const configuration = settings === undefined ? noConfiguration : configurationOf(settings, today);
  const ownRules = settings && (await ownRulesOf(settings, file, options));
  return {
    posture: security === undefined ? 'medium' : await postureIn(security),
    configuration,
    ownRules,
    baseline: known === undefined ? new Set() : readBaseline(known),
    commit,
    today,
    intake: {
      scanner: ownRules?.scanner(true) ?? scan,
      largestText,
      archiveLimits: defaultArchiveLimits,
      suppressionsAsOf: undefined,
      isExcluded: configuration.isExcluded,
    },
  };
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
  file: (path: string) => Promise<Buffer | undefined>,
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

/** A file of the default branch; undefined where it has none. Throws GitFailure where it cannot be read. */
async function fileAt(
  commit: string | undefined,
  path: string,
  options: GitOptions,
): Promise<Buffer | undefined> {
  if (commit === undefined) return undefined;
  // Absence and damage are to be told apart: a policy that cannot be read must not count as none.
  const [entry] = await gitLines(['ls-tree', commit, '--', path], options);
  if (entry === undefined) return undefined;
  const [mode, type, id] = entry.split(/[ \t]/);
  if (type !== 'blob' || mode === '120000') throw new GitFailure(`${path} of the default branch is no file`);
  const pieces: Buffer[] = [];
  await runGit(['cat-file', 'blob', id!], options, (piece) => pieces.push(piece));
  return Buffer.concat(pieces);
}

async function postureIn(text: string): Promise<Posture> {
  const { posture = 'medium' } = record(await readSettingsText(text, 'yaml'), 'security.yaml', ['posture']);
  return oneOf(posture, 'posture', ['medium', 'high'] as const);
}

async function defaultBranch(destination: Destination, options: GitOptions): Promise<string | undefined> {
  const [name] = await namesOf(destination, options);
  if (name === undefined) return undefined;
  for (const branch of ['HEAD', 'main', 'master']) {
    const ref = `refs/remotes/${name}/${branch}^{commit}`;
    const [id] = await gitLines(['rev-parse', '--verify', '--quiet', ref], options).catch(() => []);
    if (id !== undefined) return id;
  }
  return undefined;
}

/**
 * The findings with what the default branch says of them: its baseline, its allow-list, and comments that stand in its
 * own version of the file. A critical one needs its fingerprint approved there, not only its path or its rule.
 */
export async function approvedBy(
  policy: PushPolicy,
  findings: readonly LocatedFinding[],
  options: GitOptions,
): Promise<LocatedFinding[]> {
  const comments = await commentsOf(policy, findings, options);
  return findings.map((one) => {
    const suppression = listed(policy, one) ?? comments.get(keyOf(one));
    return suppression === undefined ? one : { ...one, suppression };
  });
}

function listed({ baseline, configuration }: PushPolicy, one: LocatedFinding): Suppression | undefined {
  const { finding, place } = one;
  if (baseline.has(finding.fingerprint)) return { by: 'baseline', reason: 'known' };
  const found = configuration.suppressionOf(finding, place.path);
  if (found === undefined || decidingSeverity(one) !== 'critical') return found;
  // What would hold for any other value as well does not approve this one.
  const forAny = configuration.suppressionOf({ ...finding, fingerprint: '' }, place.path);
  return forAny === undefined ? found : undefined;
}

const keyOf = ({ finding, place }: LocatedFinding) => JSON.stringify([place.path, finding.fingerprint]);

/** What comments of the default branch's own files approve, by path and fingerprint. */
async function commentsOf(
  { commit, intake: options, today }: PushPolicy,
  findings: readonly LocatedFinding[],
  git: GitOptions,
): Promise<Map<string, Suppression>> {
  const approved = new Map<string, Suppression>();
  if (commit === undefined) return approved;
  const paths = [...new Set(findings.map(({ place }) => place.path))];
  const blobs = new Map<string, { path: string }>();
  for (const path of paths) {
    const [id] = await gitLines(['rev-parse', '--verify', '--quiet', `${commit}:${path}`], git).catch(
      () => [],
    );
    if (id !== undefined) blobs.set(id, { path });
  }
  const intake = new Intake({ ...options, suppressionsAsOf: today });
  await readBlobs(blobs, git, intake, () => undefined);
  for (const one of intake.findings)
    if (one.suppression !== undefined) approved.set(keyOf(one), one.suppression);
  return approved;
}
