import { compileGlob, type Glob, matchesGlob } from './glob.ts';
import type { JudgedFinding, Suppression } from './suppressions.ts';

/** One entry of `allow`: every condition that it has must hold. */
interface Allowance {
  readonly path: Glob | undefined;
  readonly rule: string | undefined;
  readonly fingerprint: string | undefined;
  readonly reason: string;
  readonly until: string | undefined;
}

export interface Configuration {
  /** Whether a file is not to be read at all. */
  isExcluded(path: string): boolean;
  /** The suppression that the allow-list has for a finding. */
  suppressionOf(finding: JudgedFinding['finding'], path: string): Suppression | undefined;
}

/** The file is not what it should be; the message says where. */
export class InvalidConfiguration extends Error {}

export const noConfiguration: Configuration = { isExcluded: () => false, suppressionOf: () => undefined };

/**
 * Parses `.memhold/scan.json`:
 * `{"exclude": ["<glob>"], "allow": [{"path": "<glob>", "rule": "<id>", "fingerprint": "<fingerprint>", "reason": "…", "until": "YYYY-MM-DD"}]}`.
 * An entry of `allow` needs a reason and one of the others; after its last day it does not count. Globs are those
 * of .gitignore, on the paths of the report. Throws InvalidConfiguration.
 */
export function parseConfiguration(text: string, today: string): Configuration {
  const { exclude = [], allow = [] } = record(parse(text), 'the file', ['exclude', 'allow']);
  const excluded = list(exclude, 'exclude').map((value, i) => glob(string(value, `exclude[${i}]`)));
  const allowances = list(allow, 'allow')
    .map((value, i) => allowanceOf(value, `allow[${i}]`))
    .filter(({ until }) => until === undefined || until >= today);
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
          (one.path === undefined || matchesGlob(one.path, parts)),
      );
      return found && { by: 'allow-list', reason: found.reason };
    },
  };
}

const partsOf = (path: string) => path.replace(/^\//, '').split('/');

/** A name without a slash is meant in every folder, and a folder with all that is in it. */
function glob(pattern: string): Glob {
  const inside = pattern.endsWith('/') ? `${pattern}**` : pattern;
  return compileGlob(inside.includes('/') ? inside.replace(/^\//, '') : `**/${inside}`);
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
  return { path: path === undefined ? undefined : glob(path), rule, fingerprint, reason, until };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidConfiguration('it is no JSON');
  }
}

function record(value: unknown, where: string, keys: readonly string[]): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidConfiguration(`${where} must be an object`);
  }
  const unknown = Object.keys(value).find((key) => !keys.includes(key));
  if (unknown !== undefined) {
    throw new InvalidConfiguration(`${where} has an unknown key: only ${keys.join(', ')} are known`);
  }
  return value as Record<string, unknown>;
}

function list(value: unknown, where: string): unknown[] {
  if (!Array.isArray(value)) throw new InvalidConfiguration(`${where} must be a list`);
  return value;
}

function string(value: unknown, where: string): string {
  if (typeof value !== 'string' || value === '') throw new InvalidConfiguration(`${where} must be a text`);
  return value;
}
