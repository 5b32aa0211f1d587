import { lstatSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { regulatedPrefix } from '../agent/regulated-fields.ts';
import type { RuleDefinition } from '../custom-rules/definition.ts';
import type { SortedModules } from '../custom-rules/module-files.ts';
import type { OwnRules } from '../custom-rules/own-rules.ts';
import { readBaseline } from '../files/baseline.ts';
import {
  type Allowance,
  type Configuration,
  configurationOf,
  InvalidConfiguration,
  noConfiguration,
  parseSettings,
  type Settings,
} from '../files/configuration.ts';
import { decode } from '../files/decode.ts';
import { wordsOfSkip } from '../files/place.ts';
import { readRegularFile } from '../files/read-file.ts';
import { rules } from '../rules.ts';
import { type ScanRequest, UsageError } from './request.ts';
import type { Surroundings } from './surroundings.ts';

const largest = 20_000_000;
const settingsFolder = '.memhold';
const settingsNames = ['scan.yaml', 'scan.json'];

/** Settings as they were read, once: plain data, so that every thread works with the same. */
export interface LoadedSettings {
  /** The folder that paths in them start from. */
  readonly root: string;
  /** As messages name it. */
  readonly file: string;
  readonly settings: Settings;
  readonly modules: SortedModules;
}

/** What a scan needs of a project's policy in every thread: plain data. */
export interface LoadedPolicy {
  /** The folder that paths in it start from. */
  readonly root: string;
  /** As messages name it. */
  readonly file: string;
  /** Below the root. */
  readonly files: readonly string[];
  readonly customPatterns: readonly RuleDefinition[];
  /** Regulated ones. */
  readonly fields: readonly string[];
  readonly allow: readonly Allowance[];
}

/** Reads the baseline that was named. Throws UsageError. */
export async function loadBaseline(
  { baseline, useSuppressions }: ScanRequest,
  folder: string,
): Promise<ReadonlySet<string>> {
  if (baseline === undefined || !useSuppressions) return new Set();
  return told(baseline, async () => readBaseline(textOf(baseline, folder)));
}

/**
 * Reads the settings that were named, or `.memhold/scan.yaml` or `scan.json` of this folder or of the repository around
 * it: never those that lie deeper in what is scanned. Throws UsageError.
 */
export async function loadSettings(
  { config }: Pick<ScanRequest, 'config'>,
  { folder, env }: Pick<Surroundings, 'folder' | 'env'>,
): Promise<LoadedSettings | undefined> {
  const found = config === undefined ? findSettings(folder) : { root: folder, file: config };
  if (found === undefined) return undefined;
  const { root, file } = found;
  return told(file, async () => {
    const settings = await readSettings(file, folder);
    return { root, file, settings, modules: await modulesIn(settings, root, env) };
  });
}

const noModules: SortedModules = { trusted: [], untrusted: [] };

// What most scans do not need is loaded only where it is.
async function modulesIn(
  { modules }: Settings,
  root: string,
  env: Surroundings['env'],
): Promise<SortedModules> {
  if (modules.length === 0) return noModules;
  return (await import('../custom-rules/module-files.ts')).sortModules(root, modules, env);
}

/** Throws InvalidConfiguration. */
export function readSettings(file: string, folder: string): Promise<Settings> {
  return parseSettings(textOf(file, folder), file.endsWith('.json') ? 'json' : 'yaml');
}

/** What the settings leave out and allow. Paths are as the report has them. */
export function configurationFor(
  loaded: LoadedSettings | undefined,
  policy: LoadedPolicy | undefined,
  { useSuppressions, selection }: ScanRequest,
  folder: string,
  today: string,
): Configuration {
  if ((loaded === undefined && policy === undefined) || !useSuppressions) return noConfiguration;
  const from = (root: string) => pathsBelow(root, folder, selection !== undefined);
  const parts: Configuration[] = [];
  if (loaded !== undefined) {
    const { root, file, settings } = loaded;
    const own = new Set(settings.rules.map(({ id }) => id));
    const modules = new Set(loaded.modules.trusted.map(({ name }) => name));
    const isExample: IsExample = (place, ruleId) =>
      place === nameBelow(root, file, folder) ? own.has(ruleId) : modules.has(place) && !builtIn.has(ruleId);
    parts.push(partOf(configurationOf(settings, today), from(root), isExample));
  }
  if (policy !== undefined) {
    const own = new Set(policy.customPatterns.map(({ id }) => id));
    const files = new Set(policy.files);
    const isExample: IsExample = (place, ruleId) =>
      files.has(place) && (own.has(ruleId) || ruleId.startsWith(regulatedPrefix));
    const allowed = configurationOf({ exclude: [], allow: policy.allow }, today);
    parts.push(partOf(allowed, from(policy.root), isExample));
  }
  return {
    isExcluded: (path) => parts.some(({ isExcluded }) => isExcluded(path)),
    suppressionOf: (finding, path) => {
      for (const { suppressionOf } of parts) {
        const found = suppressionOf(finding, path);
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}

/**
 * Paths of a report as settings below `root` name them.
 * @param isOfGit paths of a repository start at its top already
 */
export function pathsBelow(root: string, folder: string, isOfGit: boolean): (path: string) => string {
  if (isOfGit || root === folder) return (path) => path;
  return (path) => relative(root, resolve(folder, path)).replaceAll('\\', '/');
}

type IsExample = (place: string, ruleId: string) => boolean;
const builtIn = new Set(rules.map(({ id }) => id));

/** Examples count as such only for the rules whose examples they are: what the others find there counts. */
function partOf(
  { isExcluded, suppressionOf }: Configuration,
  fromRoot: (path: string) => string,
  isExample: IsExample,
): Configuration {
  return {
    isExcluded: (path) => isExcluded(fromRoot(path)),
    suppressionOf: (finding, path) => {
      const place = fromRoot(path);
      if (isExample(place, finding.ruleId))
        return { by: 'allow-list', reason: 'an example of the rules in this file' };
      return suppressionOf(finding, place);
    },
  };
}

const nameBelow = (root: string, file: string, folder: string) =>
  relative(root, resolve(folder, file)).replaceAll('\\', '/');

/** The rules of the settings and of the policy, modules run; undefined where there are none. Throws UsageError. */
export async function loadOwnRules(
  loaded: LoadedSettings | undefined,
  policy?: LoadedPolicy | undefined,
): Promise<OwnRules | undefined> {
  const definitions = [...(loaded?.settings.rules ?? []), ...(policy?.customPatterns ?? [])];
  const modules = loaded?.modules.trusted ?? [];
  const fields = policy?.fields ?? [];
  if (definitions.length + modules.length + fields.length === 0) return undefined;
  const { OwnRules } = await import('../custom-rules/own-rules.ts');
  const file = loaded?.file ?? policy!.file;
  return told(file, () => OwnRules.from({ definitions, modules, fields }));
}

/**
 * The nearest folder upwards with settings, no farther than the top of the repository; outside of one only the folder
 * itself, because everybody may write into some that lie above, as into `/tmp`. Throws UsageError.
 */
export function findSettings(start: string): { root: string; file: string } | undefined {
  for (const { root, home } of homesFrom(start)) {
    const files = [...settingsNames, 'scan.yml'].filter((name) => isThere(join(home, name)));
    if (files.length > 1) {
      throw new UsageError(
        `${home} holds ${files.join(' and ')}: move what you want into scan.yaml, remove the other`,
      );
    }
    if (files[0] === 'scan.yml')
      throw new UsageError(`${join(home, files[0])} is not read: rename it to scan.yaml`);
    if (files[0] !== undefined) {
      const file = join(home, files[0]);
      refuseOfOthers([home, file], start);
      return { root, file };
    }
  }
  return undefined;
}

/** Folders for settings, from the nearest on. Throws UsageError. */
export function* homesFrom(start: string): Generator<{ root: string; home: string }> {
  const top = topOfRepository(start) ?? start;
  for (let root = start; ; root = dirname(root)) {
    const home = join(root, settingsFolder);
    const there = lstatSync(home, { throwIfNoEntry: false });
    if (there?.isSymbolicLink()) {
      throw new UsageError(
        `${home} is a symbolic link: put a folder in its place, or name a file with --config`,
      );
    }
    if (there?.isDirectory()) yield { root, home };
    if (root === top) return;
  }
}

/** The repository around a folder; undefined outside of one. */
export function topOfRepository(start: string): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    if (isThere(join(folder, '.git'))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

/** Settings are believed of whom the folder belongs to, of who runs the scan, and of root: see `isTrustedOwner`. */
export function refuseOfOthers(paths: readonly string[], start: string): void {
  const ownerOfFolder = lstatSync(start).uid;
  for (const path of paths) {
    if (!isTrustedOwner(lstatSync(path).uid, ownerOfFolder, process.getuid?.()))
      throw new UsageError(`${path} belongs to another user: make it yours, or name it with --config`);
  }
}

/**
 * Whether settings of this owner may tell a scan of that folder what to leave out: a repository that somebody else
 * made around it, as in `/tmp`, may not.
 * @param self undefined where files have no such owners
 */
export const isTrustedOwner = (owner: number, ownerOfFolder: number, self: number | undefined): boolean =>
  self === undefined || [0, self, ownerOfFolder].includes(owner);

export const isThere = (path: string) => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

export function textOf(file: string, folder: string): string {
  const result = readRegularFile(resolve(folder, file), () => largest);
  if ('bytes' in result) return decode(result.bytes).text;
  const { skip } = result;
  throw new InvalidConfiguration(skip === 'too-large' ? 'larger than 20 MB: shorten it' : wordsOfSkip(skip));
}

/** Names the file in what is wrong with it. */
export async function told<T>(file: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof InvalidConfiguration) throw new UsageError(`${file}: ${error.message}`);
    throw error;
  }
}
