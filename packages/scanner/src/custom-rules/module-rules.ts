import {
  InvalidConfiguration,
  list,
  oneOf,
  record,
  shownText,
  wholeNumber,
} from '../files/settings-shape.ts';
import type { Match, Rule, Verdict } from '../rule.ts';
import { mappingsOf, remediationOf } from './defined-rule.ts';
import { type Examples, examplesOf, keywordsOf, ruleId, severityOf, shownTexts } from './definition.ts';

/** A module that the user trusts: the very bytes whose hash was trusted, as base64. */
export interface TrustedModule {
  /** As the settings name it. */
  readonly name: string;
  readonly base64: string;
}

export interface TestedRule {
  readonly rule: Rule;
  readonly examples: Examples;
}

/**
 * Runs a module and takes over its rules: `export default` of one rule or a list of them, each with `id`, `title`,
 * `severity`, `keywords`, `maximumLength`, `match(text, keywordStart, keywordEnd)`, `examples` and what else a `Rule` has.
 * It is loaded from its bytes, not from its file: what was hashed is what runs, and a relative import finds nothing.
 * Throws InvalidConfiguration.
 */
export async function loadModule({ name, base64 }: TrustedModule): Promise<TestedRule[]> {
  let exported: unknown;
  try {
    const address = `data:text/javascript;base64,${base64}`;
    exported = ((await import(/* @vite-ignore */ address)) as { default?: unknown }).default;
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message}`.split('\n', 1)[0] : 'it throws';
    throw new InvalidConfiguration(
      `the module ${name} cannot be loaded (${reason}): it may import nothing but modules of Node, as node:crypto`,
    );
  }
  const entries = Array.isArray(exported) ? exported : [exported];
  return list(entries, `the default export of ${name}`, 200).map((one, i) =>
    moduleRule(one, Array.isArray(exported) ? `${name}[${i}]` : name),
  );
}

const known = [
  ...['id', 'title', 'category', 'severity', 'confidence', 'keywords', 'maximumLength', 'match', 'validate'],
  ...['examples', 'remediation', 'references'],
];

function moduleRule(value: unknown, where: string): TestedRule {
  const entry = record(value, where, known);
  const { match, validate } = entry;
  if (typeof match !== 'function') throw new InvalidConfiguration(`${where}.match must be a function`);
  if (validate !== undefined && typeof validate !== 'function') {
    throw new InvalidConfiguration(`${where}.validate must be a function`);
  }
  const category = oneOf(entry.category ?? 'secret', `${where}.category`, ['secret', 'pii']);
  const maximumLength = wholeNumber(entry.maximumLength, `${where}.maximumLength`, 3, 32_768);
  const texts = (key: string) => shownTexts(entry[key] ?? [], `${where}.${key}`);
  const id = ruleId(entry.id, `${where}.id`);
  const rule: Rule = {
    id,
    title: shownText(entry.title, `${where}.title`, 120),
    category,
    severity: severityOf(entry.severity, `${where}.severity`),
    confidence: oneOf(entry.confidence ?? 'medium', `${where}.confidence`, ['high', 'medium', 'low']),
    isOwn: true,
    keywords: keywordsOf(entry.keywords, `${where}.keywords`, maximumLength),
    maximumLength,
    match: (text, start, end) => matchOf(match(text, start, end), text, id),
    ...(validate !== undefined && { validate: (one: string) => verdictOf(validate(one), id) }),
    remediation: remediationOf(category, texts('remediation'), texts('references')),
    mappings: mappingsOf(category),
  };
  return { rule, examples: examplesOf(entry.examples, `${where}.examples`) };
}

/** Only a place: what else a match may hold would have to be checked too. Throws, and the file counts as not scanned. */
function matchOf(found: unknown, text: string, id: string): Match | undefined {
  if (found === undefined || found === null) return undefined;
  const { start, end } = found as { start?: unknown; end?: unknown };
  const isPlace = Number.isInteger(start) && Number.isInteger(end);
  if (
    !isPlace ||
    !((start as number) >= 0 && (start as number) < (end as number) && (end as number) <= text.length)
  ) {
    throw new TypeError(`match of ${id} gave no place in the text`);
  }
  return { start: start as number, end: end as number };
}

const verdicts: readonly unknown[] = [
  'proved',
  'plausible',
  'doubtful',
  'masked',
  'refuted',
] satisfies Verdict[];

function verdictOf(verdict: unknown, id: string): Verdict {
  if (!verdicts.includes(verdict)) throw new TypeError(`validate of ${id} gave no verdict`);
  return verdict as Verdict;
}
