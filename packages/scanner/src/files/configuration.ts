import type { RuleDefinition } from '../custom-rules/definition.ts';
import { compileGlob, type Glob, matchesGlob } from './glob.ts';
import { readSettingsText, type SettingsFormat } from './read-settings-text.ts';
import { InvalidConfiguration, list, record, string } from './settings-shape.ts';
import type { JudgedFinding, Suppression } from './suppressions.ts';

export { InvalidConfiguration } from './settings-shape.ts';

/** One entry of `allow`: every condition that it has must hold. */
export interface Allowance {
  readonly path: string | undefined;
  readonly rule: string | undefined;
  readonly fingerprint: string | undefined;
  readonly reason: string;
  readonly until: string | undefined;
}

/** A settings file, checked: plain data, so that it can be handed to other threads. */
export interface Settings {
  readonly exclude: readonly string[];
  readonly allow: readonly Allowance[];
  readonly rules: readonly RuleDefinition[];
  /** Files of rule modules, as they are written there. */
  readonly modules: readonly string[];
}

export interface Configuration {
  /** Whether a file is not to be read at all. */
  isExcluded(path: string): boolean;
  /** The suppression that the allow-list has for a finding. */
  suppressionOf(finding: JudgedFinding['finding'], path: string): Suppression | undefined;
}

export const noConfiguration: Configuration = { isExcluded: () => false, suppressionOf: () => undefined };

const mostModules = 20;

/**
 * Parses a settings file, YAML or JSON: `exclude` (globs), `allow` (entries of `path`, `rule`, `fingerprint`, `reason`,
 * `until`), `rules` (see `custom-rules/definition.ts`) and `modules` (files). An entry of `allow` needs a reason and one
 * of the first three; after its last day it does not count. Globs are those of .gitignore, on the paths of the report.
 * Throws InvalidConfiguration.
 */
export async function parseSettings(text: string, format: SettingsFormat): Promise<Settings> {
  const value = await readSettingsText(text, format);
  const known = ['exclude', 'allow', 'rules', 'modules'];
  const { exclude = [], allow = [], rules, modules = [] } = record(value, 'the file', known);
  return {
    exclude: list(exclude, 'exclude').map((one, i) => string(one, `exclude[${i}]`)),
    allow: allowancesOf(allow, 'allow'),
    rules: rules === undefined ? [] : (await import('../custom-rules/definition.ts')).definitionsOf(rules),
    modules: list(modules, 'modules', mostModules).map((one, i) => modulePath(one, `modules[${i}]`)),
  };
}

/** What settings mean on this day (`YYYY-MM-DD`), for paths below the folder that they are of. */
export function configurationOf(
  { exclude, allow }: Pick<Settings, 'exclude' | 'allow'>,
  today: string,
): Configuration {
  const excluded = exclude.map(glob);
  const allowances = allow
    .filter(({ until }) => until === undefined || until >= today)
    .map((one) => ({ ...one, glob: one.path === undefined ? undefined : glob(one.path) }));
  return {
    isExcluded: (path) => {
      const parts = partsOf(path);
      return excluded.some((one) => matchesGlob(one, parts));
    },
    suppressionOf: ({ ruleId, fingerprint }, path) => {
      const parts = partsOf(path);
      const found = allowances.find(
        (one) =>
          (one.rule ?? ruleId) === ruleId &&
          (one.fingerprint ?? fingerprint) === fingerprint &&
          (one.glob === undefined || matchesGlob(one.glob, parts)),
      );
      return found && { by: 'allow-list', reason: found.reason };
    },
  };
}

/** Whether a path is one that a pattern of settings means. */
export function pathMatcher(pattern: string): (path: string) => boolean {
  const compiled = glob(pattern);
  return (path) => matchesGlob(compiled, partsOf(path));
}

const partsOf = (path: string) => path.replace(/^\//, '').split('/');

/** A name without a slash is meant in every folder, and a folder with all that is in it. */
function glob(pattern: string): Glob {
  const inside = pattern.endsWith('/') ? `${pattern}**` : pattern;
  return compileGlob(inside.includes('/') ? inside.replace(/^\//, '') : `**/${inside}`);
}

/** Entries of `allow`, also of `.memhold/security.yaml`. Throws InvalidConfiguration. */
export function allowancesOf(value: unknown, where: string): Allowance[] {
  return list(value, where).map((one, i) => allowanceOf(one, `${where}[${i}]`));
}

function allowanceOf(value: unknown, where: string): Allowance {
  const entry = record(value, where, ['path', 'rule', 'fingerprint', 'reason', 'until']);
  const optional = (key: string) =>
    entry[key] === undefined ? undefined : string(entry[key], `${where}.${key}`);
  const [path, rule, fingerprint, until] = ['path', 'rule', 'fingerprint', 'until'].map(optional);
  if (path === undefined && rule === undefined && fingerprint === undefined) {
    throw new InvalidConfiguration(`${where} allows everything: give a path, a rule or a fingerprint`);
  }
  const reason = entry.reason === undefined ? '' : string(entry.reason, `${where}.reason`);
  if (reason.trim() === '') throw new InvalidConfiguration(`${where} has no reason: say why it is allowed`);
  if (until !== undefined && !(/^\d{4}-\d{2}-\d{2}$/.test(until) && !Number.isNaN(Date.parse(until)))) {
    throw new InvalidConfiguration(`${where}.until is no date: write it as 2027-01-31`);
  }
  return { path, rule, fingerprint, reason, until };
}

/** A path below the folder of the settings, in no other spelling than its plain one. */
function modulePath(value: unknown, where: string): string {
  const path = string(value, where, 200).replace(/^\.\//, '');
  const isPlain = path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
  if (!isPlain || /[\\:\p{C}\p{Zl}\p{Zp}]/u.test(path) || !/\.m?js$/.test(path)) {
    throw new InvalidConfiguration(`${where} must be a .mjs file below this folder: .memhold/rules/acme.mjs`);
  }
  return path;
}
