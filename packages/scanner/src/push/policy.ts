import { agentAmong, agentFiles } from '../agent/agent-files.ts';
import type { ProjectAgent } from '../agent/project-agent.ts';
import { type PolicySource, type ProjectPolicy, policyOf } from '../agent/project-policy.ts';
import { runPolicy, settingsFrom } from '../agent/read-policy.ts';
import { securityFile } from '../agent/security-settings.ts';
import type { RuleDefinition } from '../custom-rules/definition.ts';
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
import type { GitOptions } from '../files/git.ts';
import { InvalidConfiguration } from '../files/settings-shape.ts';
import { filesOf, type PolicyFiles } from './policy-files.ts';
import type { RemoteView } from './remotes.ts';

/**
 * What the remote's default branch says about pushes. The commits under judgement have no say: whoever can add a
 * secret can add its excuse.
 */
export interface PushPolicy {
  readonly project: ProjectPolicy;
  /** Running, until it is stopped. */
  readonly agent: ProjectAgent | undefined;
  readonly ownRules: OwnRules | undefined;
  /** Commit of the default branch as this clone knows it; undefined where it knows none. */
  readonly commit: string | undefined;
  readonly configuration: Configuration;
  readonly baseline: ReadonlySet<string>;
  /** `YYYY-MM-DD` */
  readonly today: string;
}

const largestAgent = 256_000;

/**
 * Reads the policy of the repository that is pushed to, and starts its agent. Where this clone does not know its default
 * branch nothing is allowed, and the strictest counts that any branch of the remote asks for; where it does not know the
 * repository, that any remote does.
 * Throws GitFailure, InvalidConfiguration, TrustStoreError.
 */
export async function readPolicy(
  { defaultCommit: commit, candidates }: RemoteView,
  options: GitOptions,
  now: Date,
): Promise<PushPolicy> {
  const today = now.toISOString().slice(0, 10);
  if (commit === undefined) {
    const project = await strictestOf(candidates, options);
    const ownRules = await ownRulesOf(undefined, project, []);
    const nothing = { configuration: noConfiguration, baseline: new Set<string>() };
    return { ...nothing, project, agent: undefined, ownRules, commit, today };
  }
  const files = await filesOf(commit, options);
  const known = await files.text('.memhold/baseline.json');
  const settings = await settingsIn(files);
  const security = await settingsFrom(await files.text(securityFile));
  const trusted = trustedIn(options);
  const modules = await modulesOf(settings, files, trusted);
  const running = await runPolicy(security, await agentOf(files, trusted));
  const { policy: project, agent } = running;
  return {
    project,
    agent,
    ownRules: await ownRulesOf(settings, project, modules).catch(async (error) => {
      await agent?.stop();
      throw error;
    }),
    configuration: configurationOf(
      { exclude: settings?.exclude ?? [], allow: [...(settings?.allow ?? []), ...project.allow] },
      today,
    ),
    baseline: known === undefined ? new Set() : readBaseline(known),
    commit,
    today,
  };
}

/** What an agent of a branch would ask for is not known, and the high posture is the strictest that it could set. */
async function strictestOf(branches: readonly string[], options: GitOptions): Promise<ProjectPolicy> {
  const sources: PolicySource[] = [];
  const agents = new Set<string>();
  const seen = new Set<string>();
  for (const commit of branches) {
    const files = await filesOf(commit, options);
    const content = [securityFile, ...agentFiles].map((name) => files.idOf(name)).join();
    if (seen.has(content)) continue;
    seen.add(content);
    const settings = await settingsFrom(await files.text(securityFile));
    if (settings !== undefined) sources.push({ settings, name: `${securityFile} of a branch` });
    const agent = agentAmong(files.names);
    if (agent !== undefined) agents.add(agent);
  }
  const { allow: _, owners: __, ...asked } = policyOf(sources);
  const because = [...agents].map((name) => `${name} of a branch, which is not run here`);
  const posture = because.length > 0 ? 'high' : asked.posture;
  return {
    ...asked,
    posture,
    postureBecause: [...asked.postureBecause, ...because],
    customPatterns: withOwnIds(asked.customPatterns),
    allow: [],
    owners: [],
  };
}

/** Two branches may have one rule in two versions: both count. */
function withOwnIds(definitions: readonly RuleDefinition[]): RuleDefinition[] {
  const used = new Set<string>();
  return definitions.map((one) => {
    let id = one.id;
    for (let version = 2; used.has(id); version++) id = `${one.id}-${version}`;
    used.add(id);
    return { ...one, id };
  });
}

async function settingsIn(files: PolicyFiles): Promise<Settings | undefined> {
  const [yaml, json] = [await files.text('.memhold/scan.yaml'), await files.text('.memhold/scan.json')];
  if (yaml !== undefined && json !== undefined)
    throw new InvalidConfiguration('.memhold/scan.yaml and .memhold/scan.json are both there: remove one');
  if (yaml !== undefined) return parseSettings(yaml, 'yaml');
  return json === undefined ? undefined : parseSettings(json, 'json');
}

type Trusted = (bytes: Buffer) => boolean;

/** Code of the repository runs only where the user trusted these very bytes. */
function trustedIn({ env }: GitOptions): Trusted {
  let hashes: ReadonlySet<string> | undefined;
  return (bytes) => {
    hashes ??= new Set(readTrusted(trustFile(env)).map(({ sha256 }) => sha256));
    return hashes.has(hashOf(bytes));
  };
}

async function modulesOf(
  settings: Settings | undefined,
  files: PolicyFiles,
  isTrusted: Trusted,
): Promise<TrustedModule[]> {
  const loaded: TrustedModule[] = [];
  for (const name of settings?.modules ?? []) {
    const bytes = await files.bytes(name);
    if (bytes === undefined) throw new InvalidConfiguration(`${name} is a rule module, but it is not there`);
    if (!isTrusted(bytes))
      throw new InvalidConfiguration(
        `${name} is a rule module that is not trusted: look at it, then memhold trust`,
      );
    loaded.push({ name, base64: bytes.toString('base64') });
  }
  return loaded;
}

async function agentOf(files: PolicyFiles, isTrusted: Trusted): Promise<TrustedModule | undefined> {
  const name = agentAmong(files.names);
  if (name === undefined) return undefined;
  const bytes = (await files.bytes(name))!;
  if (bytes.length > largestAgent)
    throw new InvalidConfiguration(`${name} has more than ${largestAgent} bytes: make it smaller`);
  if (!isTrusted(bytes))
    throw new InvalidConfiguration(
      `${name} of the default branch is not trusted: look at it, then memhold trust`,
    );
  return { name, base64: bytes.toString('base64') };
}

async function ownRulesOf(
  settings: Settings | undefined,
  { customPatterns, fields }: ProjectPolicy,
  modules: readonly TrustedModule[],
): Promise<OwnRules | undefined> {
  const definitions = [...(settings?.rules ?? []), ...customPatterns];
  if (definitions.length + modules.length + fields.size === 0) return undefined;
  return OwnRules.from({ definitions, modules, fields: [...fields.keys()] });
}
