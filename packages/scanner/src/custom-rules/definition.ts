import {
  InvalidConfiguration,
  list,
  oneOf,
  record,
  shownText,
  string,
  wholeNumber,
} from '../files/settings-shape.ts';
import { suppressionFaults } from '../files/suppressions.ts';
import type { Category, Confidence, Severity } from '../finding.ts';
import { rules as builtIn } from '../rules.ts';
import { parsePattern } from './pattern/parse.ts';
import { compilePattern } from './pattern/program.ts';
import { type ParsedPattern, PatternError } from './pattern/syntax.ts';
import { type Validator, validatorOf } from './validators.ts';

export interface Examples {
  readonly match: readonly string[];
  readonly noMatch: readonly string[];
}

/** A rule of the user's settings, checked: plain data, so that every thread can make the rule of it. */
export interface RuleDefinition {
  readonly id: string;
  readonly title: string;
  readonly category: Category;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly keywords: readonly string[];
  readonly pattern: string;
  /** Number of the group that is the secret; 0 is the whole match. */
  readonly group: number;
  /** Code units of the whole match. */
  readonly least: number;
  readonly most: number;
  readonly validators: readonly Validator[];
  readonly examples: Examples;
  readonly remediation: readonly string[];
  readonly references: readonly string[];
}

const mostRules = 200;
const mostKeywords = 32;
/** The window around a keyword: what a search can cost grows with it. */
const longestMatch = 1024;
const mostExamples = 50;
const longestText = 2000;
const reserved = new Set([...builtIn.map(({ id }) => id), ...Object.keys(suppressionFaults)]);

/** The entries of `rules`, or of another key. Throws InvalidConfiguration, which names the place and what to do. */
export function definitionsOf(value: unknown, where = 'rules'): RuleDefinition[] {
  const definitions = list(value, where, mostRules).map((one, i) => definitionOf(one, `${where}[${i}]`));
  const seen = new Set<string>();
  definitions.forEach(({ id }, i) => {
    if (seen.has(id))
      throw new InvalidConfiguration(`${where}[${i}].id is the id of an earlier rule: rename one`);
    seen.add(id);
  });
  return definitions;
}

const known = [
  ...['id', 'title', 'category', 'severity', 'confidence', 'keywords', 'pattern', 'group', 'length'],
  ...['validators', 'examples', 'remediation', 'references'],
];

function definitionOf(value: unknown, where: string): RuleDefinition {
  const entry = record(value, where, known);
  const id = ruleId(entry.id, `${where}.id`);
  const { least, most } = lengthOf(entry.length, `${where}.length`);
  const pattern = string(entry.pattern, `${where}.pattern`);
  return {
    id,
    title: shownText(entry.title, `${where}.title`, 120),
    category: oneOf(entry.category ?? 'secret', `${where}.category`, ['secret', 'pii']),
    severity: severityOf(entry.severity, `${where}.severity`),
    confidence: oneOf(entry.confidence ?? 'medium', `${where}.confidence`, ['high', 'medium', 'low']),
    keywords: keywordsOf(entry.keywords, `${where}.keywords`, most),
    pattern,
    group: groupOf(parsed(pattern, `${where}.pattern`), entry.group, where),
    least,
    most,
    validators: list(entry.validators ?? [], `${where}.validators`, 8).map((one, i) =>
      validatorOf(one, `${where}.validators[${i}]`),
    ),
    examples: examplesOf(entry.examples, `${where}.examples`),
    remediation: shownTexts(entry.remediation ?? [], `${where}.remediation`),
    references: referencesOf(entry.references ?? [], `${where}.references`),
  };
}

/** Also of a module's rule. */
export function ruleId(value: unknown, where: string): string {
  const id = string(value, where, 64);
  if (!/^[a-z][a-z\d]*(?:-[a-z\d]+)*$/.test(id)) {
    throw new InvalidConfiguration(`${where} must be lower-case words with - between them: acme-api-key`);
  }
  if (reserved.has(id))
    throw new InvalidConfiguration(`${where} is the id of a rule that is built in: rename it`);
  return id;
}

export function severityOf(value: unknown, where: string): Severity {
  return oneOf(value, where, ['critical', 'high', 'medium', 'low']);
}

export function keywordsOf(value: unknown, where: string, most: number): string[] {
  const keywords = list(value, where, mostKeywords).map((one, i) => {
    const keyword = string(one, `${where}[${i}]`, 64);
    if (keyword.length < 3 || /[^ -~]/.test(keyword) || !/[a-z\d]/i.test(keyword)) {
      throw new InvalidConfiguration(
        `${where}[${i}] must have 3 or more ASCII characters, a letter or digit among them`,
      );
    }
    if (keyword.length > most) {
      throw new InvalidConfiguration(`${where}[${i}] is longer than length.max: no match can hold it`);
    }
    return keyword;
  });
  if (keywords.length === 0) {
    throw new InvalidConfiguration(`${where} is empty: name a part of what the pattern matches`);
  }
  return keywords;
}

/** `{match, no_match}`, neither empty: a rule that nobody has tried finds nothing, or everything. */
export function examplesOf(value: unknown, where: string): Examples {
  const { match, no_match } = record(value, where, ['match', 'no_match']);
  const examples = {
    match: texts(match, `${where}.match`, mostExamples),
    noMatch: texts(no_match, `${where}.no_match`, mostExamples),
  };
  if (examples.match.length === 0 || examples.noMatch.length === 0) {
    throw new InvalidConfiguration(`${where} needs one of match and one of no_match at least`);
  }
  return examples;
}

const texts = (value: unknown, where: string, most: number) =>
  list(value, where, most).map((one, i) => string(one, `${where}[${i}]`, longestText));

/** Steps or references. Also of a module's rule. */
export const shownTexts = (value: unknown, where: string) =>
  list(value, where, 10).map((one, i) => shownText(one, `${where}[${i}]`, longestText));

function referencesOf(value: unknown, where: string): string[] {
  return shownTexts(value, where).map((url, i) => {
    if (URL.canParse(url) && url.startsWith('https://')) return url;
    throw new InvalidConfiguration(`${where}[${i}] must be an address that begins with https://`);
  });
}

function lengthOf(value: unknown, where: string) {
  const { min, max } = record(value, where, ['min', 'max']);
  const most = wholeNumber(max, `${where}.max`, 3, longestMatch);
  return { least: min === undefined ? 0 : wholeNumber(min, `${where}.min`, 1, most), most };
}

/** Throws InvalidConfiguration where the pattern is wrong, not offered or too large. */
function parsed(pattern: string, where: string): ParsedPattern {
  try {
    const tree = parsePattern(pattern);
    compilePattern(tree, 0);
    return tree;
  } catch (error) {
    if (error instanceof PatternError) throw new InvalidConfiguration(`${where} ${error.message}`);
    throw error;
  }
}

function groupOf({ groups, names }: ParsedPattern, value: unknown, where: string): number {
  if (value === undefined) {
    if (groups === 0) return 0;
    throw new InvalidConfiguration(
      `${where} has a group and does not say what it is for: write group: 1 where it is the secret, or (?:…) in the pattern`,
    );
  }
  if (typeof value === 'string') {
    const group = names.get(value);
    if (group !== undefined) return group;
    throw new InvalidConfiguration(`${where}.group is no name of a group of the pattern`);
  }
  return wholeNumber(value, `${where}.group`, 0, groups);
}
