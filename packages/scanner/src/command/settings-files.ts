import { lstatSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { SortedModules } from '../custom-rules/module-files.ts';
import type { OwnRules } from '../custom-rules/own-rules.ts';
import { readBaseline } from '../files/baseline.ts';
import {
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
  { useSuppressions, selection }: ScanRequest,
  folder: string,
  today: string,
): Configuration {
  if (loaded === undefined || !useSuppressions) return noConfiguration;
  const { root, file, settings } = loaded;
  const { isExcluded, suppressionOf } = configurationOf(settings, today);
  const isPlain = selection !== undefined || root === folder;
  const fromRoot = (path: string) =>
    isPlain ? path : relative(root, resolve(folder, path)).replaceAll('\\', '/');
  const own = new Set(settings.rules.map(({ id }) => id));
  const modules = new Set(loaded.modules.trusted.map(({ name }) => name));
  const builtIn = new Set(rules.map(({ id }) => id));
  const ownFile = relative(root, resolve(folder, file)).replaceAll('\\', '/');
  return {
    isExcluded: (path) => isExcluded(fromRoot(path)),
    suppressionOf: (finding, path) => {
      const place = fromRoot(path);
      // Only by the rules whose examples they are: what the others find there counts.
      const isOwn =
        place === ownFile ? own.has(finding.ruleId) : modules.has(place) && !builtIn.has(finding.ruleId);
      if (isOwn) return { by: 'allow-list', reason: 'an example of the rules in this file' };
      return suppressionOf(finding, place);
    },
  };
}

/** The rules of the settings, modules run; undefined where there are none. Throws UsageError. */
export async function loadOwnRules(loaded: LoadedSettings | undefined): Promise<OwnRules | undefined> {
  if (loaded === undefined) return undefined;
  const { file, settings, modules } = loaded;
  if (settings.rules.length + modules.trusted.length === 0) return undefined;
  const { OwnRules } = await import('../custom-rules/own-rules.ts');
  return told(file, () => OwnRules.from({ definitions: settings.rules, modules: modules.trusted }));
}

/**
 * The nearest folder upwards with settings, no farther than the top of the repository; outside of one only the folder
 * itself, because everybody may write into some that lie above, as into `/tmp`. Throws UsageError.
 */
export function findSettings(start: string): { root: string; file: string } | undefined {
  const top = topOfRepository(start) ?? start;
  for (let folder = start; ; folder = dirname(folder)) {
    const home = join(folder, settingsFolder);
    const there = lstatSync(home, { throwIfNoEntry: false });
    if (there?.isSymbolicLink()) {
      throw new UsageError(
        `${home} is a symbolic link: put a folder in its place, or name a file with --config`,
      );
    }
    const files = there?.isDirectory()
      ? [...settingsNames, 'scan.yml'].filter((name) => isThere(join(home, name)))
      : [];
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
      return { root: folder, file };
    }
    if (folder === top) return undefined;
  }
}

function topOfRepository(start: string): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    if (isThere(join(folder, '.git'))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

/** Settings are believed of whom the folder belongs to, of who runs the scan, and of root: see `isTrustedOwner`. */
function refuseOfOthers(paths: readonly string[], start: string): void {
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

const isThere = (path: string) => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

function textOf(file: string, folder: string): string {
  const result = readRegularFile(resolve(folder, file), () => largest);
  if ('bytes' in result) return decode(result.bytes).text;
  const { skip } = result;
  throw new InvalidConfiguration(skip === 'too-large' ? 'larger than 20 MB: shorten it' : wordsOfSkip(skip));
}

/** Names the file in what is wrong with it. */
async function told<T>(file: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof InvalidConfiguration) throw new UsageError(`${file}: ${error.message}`);
    throw error;
  }
}
