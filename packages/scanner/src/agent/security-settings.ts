import { definitionsOf, type RuleDefinition } from '../custom-rules/definition.ts';
import { type Allowance, allowancesOf } from '../files/configuration.ts';
import { nearestName } from '../files/nearest-name.ts';
import { readSettingsText } from '../files/read-settings-text.ts';
import { InvalidConfiguration, list, oneOf, record, string } from '../files/settings-shape.ts';
import type { Category, Severity } from '../finding.ts';
import { rules as builtIn } from '../rules.ts';
import type { ToolCategory } from '../tools/tool.ts';
import { type FrameworkName, frameworkNamed, frameworkNames } from './frameworks.ts';
import { floor, isStricter, type Outcome, outcomes, type Posture } from './outcome.ts';
import { type Owner, ownersOf } from './owners.ts';
import { fieldWords } from './regulated-fields.ts';

export const securityFile = '.memhold/security.yaml';

/** What findings must come to at least: every condition that it has must hold. */
export interface Threshold {
  /** This one and graver. */
  readonly severity?: Severity;
  readonly category?: Category | ToolCategory;
  readonly rule?: string;
  readonly path?: string;
  /** `at_least` in the file. */
  readonly outcome: Outcome;
}

/** `.memhold/security.yaml`, checked: plain data. */
export interface SecuritySettings {
  readonly posture: Posture | undefined;
  readonly compliance: readonly FrameworkName[];
  readonly customPatterns: readonly RuleDefinition[];
  /** Names of fields whose values are regulated. */
  readonly piiPatterns: readonly string[];
  /** By the id of a rule of personal data. */
  readonly piiKinds: Readonly<Record<string, Outcome>>;
  readonly thresholds: readonly Threshold[];
  readonly allow: readonly Allowance[];
  readonly owners: readonly Owner[];
}

export const securityKeys = [
  ...['posture', 'compliance', 'custom_patterns', 'pii_patterns', 'pii_kinds', 'thresholds', 'allow'],
  'owners',
] as const;
/** Categories by the names that reports have for them; most are of other tools, in scans that run them. */
export const categoryNames: Readonly<
  Record<'secrets' | 'pii' | Exclude<ToolCategory, 'secret'>, Category | ToolCategory>
> = {
  secrets: 'secret',
  pii: 'pii',
  python: 'python',
  javascript: 'javascript',
  code: 'code',
  dockerfile: 'dockerfile',
  configuration: 'configuration',
  dependency: 'dependency',
  web: 'web',
};

const mostFields = 100;
const mostThresholds = 100;
const severities = ['critical', 'high', 'medium', 'low'] as const;
const piiIds = builtIn.filter(({ category }) => category === 'pii').map(({ id }) => id);
const ids = new Set(builtIn.map(({ id }) => id));

/** Parses the file. Throws InvalidConfiguration, which names the place and what to do, and quotes nothing. */
export async function parseSecurity(text: string): Promise<SecuritySettings> {
  return securityOf(await readSettingsText(text, 'yaml'), '');
}

/**
 * Checks settings that were read.
 * @param where what places in messages begin with: of an agent's answer they are not places of the file
 */
export function securityOf(value: unknown, where: string): SecuritySettings {
  const entry = record(value, where === '' ? 'the file' : where, securityKeys);
  const at = (key: string) => (where === '' ? key : `${where}.${key}`);
  const read = <T>(
    key: (typeof securityKeys)[number],
    none: T,
    parse: (value: unknown, where: string) => T,
  ) => (entry[key] === undefined ? none : parse(entry[key], at(key)));
  const customPatterns = read('custom_patterns', [], definitionsOf);
  const own = new Set(customPatterns.map(({ id }) => id));
  return {
    posture: read('posture', undefined as Posture | undefined, postureOf),
    compliance: read('compliance', [], complianceOf),
    customPatterns,
    piiPatterns: read('pii_patterns', [], fieldsOf),
    piiKinds: read('pii_kinds', {}, (kinds, place) => kindsOf(kinds, place, customPatterns)),
    thresholds: read('thresholds', [], (all, place) =>
      list(all, place, mostThresholds).map((one, i) => thresholdOf(one, `${place}[${i}]`, own)),
    ),
    allow: read('allow', [], allowancesOf),
    owners: read('owners', [], ownersOf),
  };
}

const postureOf = (value: unknown, where: string): Posture => oneOf(value, where, ['medium', 'high']);

/** A list of frameworks, or one. */
function complianceOf(value: unknown, where: string): FrameworkName[] {
  const names = typeof value === 'string' ? [value] : list(value, where, 20);
  const found = names.map((one, i) => {
    const place = typeof value === 'string' ? where : `${where}[${i}]`;
    const text = string(one, place, 40);
    const name = frameworkNamed(text);
    if (name !== undefined) return name;
    const near = nearestName(text, frameworkNames);
    const guess = near === undefined ? '' : ` (${near}?)`;
    throw new InvalidConfiguration(`${place} must be one of ${frameworkNames.join(', ')}${guess}`);
  });
  return [...new Set(found)];
}

function fieldsOf(value: unknown, where: string): string[] {
  const names = list(value, where, mostFields).map((one, i) => {
    const name = string(one, `${where}[${i}]`, 64);
    if (!/^[A-Za-z][A-Za-z\d]*(?:[_ -][A-Za-z\d]+)*$/.test(name) || fieldWords(name).join('').length < 3) {
      throw new InvalidConfiguration(
        `${where}[${i}] must be the name of a field, of ASCII letters and digits: patient_id`,
      );
    }
    return fieldWords(name).join('_');
  });
  return [...new Set(names)];
}

function kindsOf(
  value: unknown,
  where: string,
  own: readonly RuleDefinition[],
): Readonly<Record<string, Outcome>> {
  const ofOwn = own.filter(({ category }) => category === 'pii').map(({ id }) => id);
  const known = [...piiIds, ...ofOwn];
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new InvalidConfiguration(`${where} must be an object: a kind, and what becomes of it`);
  const kinds = Object.entries(value).map(([kind, outcome]) => {
    if (!known.includes(kind)) {
      const near = nearestName(kind, known);
      throw new InvalidConfiguration(
        `${where} names a kind that no rule of personal data has${near === undefined ? '' : ` (${near}?)`}`,
      );
    }
    const severity = [...builtIn, ...own].find(({ id }) => id === kind)!.severity;
    return [kind, outcomeOf(outcome, `${where}.${kind}`, severity)] as const;
  });
  return Object.fromEntries(kinds);
}

function thresholdOf(value: unknown, where: string, own: ReadonlySet<string>): Threshold {
  const entry = record(value, where, ['severity', 'category', 'rule', 'path', 'at_least']);
  const { severity, category, rule, path } = entry;
  if (severity === undefined && category === undefined && rule === undefined && path === undefined)
    throw new InvalidConfiguration(
      `${where} is about nothing: give a severity, a category, a rule or a path`,
    );
  const least = severity === undefined ? undefined : oneOf(severity, `${where}.severity`, severities);
  return {
    ...(least !== undefined && { severity: least }),
    ...(category !== undefined && {
      category:
        categoryNames[
          oneOf(category, `${where}.category`, Object.keys(categoryNames) as (keyof typeof categoryNames)[])
        ],
    }),
    ...(rule !== undefined && { rule: ruleNamed(rule, `${where}.rule`, own) }),
    ...(path !== undefined && { path: string(path, `${where}.path`, 200) }),
    outcome: thresholdOutcome(entry.at_least, `${where}.at_least`, least ?? 'low'),
  };
}

/** Every finding is noted, so that a note would be taken for a permission. */
function thresholdOutcome(value: unknown, where: string, severity: Severity): Outcome {
  return outcomeOf(oneOf(value, where, ['warn', 'block', 'veto']), where, severity);
}

/** What is less than the floor of a severity would be taken for a permission, and is refused. */
function outcomeOf(value: unknown, where: string, severity: Severity): Outcome {
  const outcome = oneOf(value, where, outcomes);
  const least = severity === 'critical' ? 'block' : floor.medium[severity];
  if (!isStricter(least, outcome)) return outcome;
  throw new InvalidConfiguration(
    `${where} would make it looser: what is ${severity} comes to ${floor.medium[severity]} at least`,
  );
}

function ruleNamed(value: unknown, where: string, own: ReadonlySet<string>): string {
  const id = string(value, where, 100);
  if (ids.has(id) || own.has(id)) return id;
  // Rules of scan.yaml, modules and other tools are not known here.
  if (/^[a-z][a-z\d]*(?:[-/][A-Za-z\d]+)*$/.test(id)) return id;
  throw new InvalidConfiguration(`${where} must be the id of a rule`);
}
