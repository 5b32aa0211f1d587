import type { Positive, RuleCases } from '../testing/rule-cases.ts';
import { seeded } from '../testing/tokens.ts';
import type { IdentifierKind } from './identifier-kind.ts';
import { writings } from './identifier-writings.cases.ts';
import { identifierKinds } from './personal-data.ts';

const digits = '0123456789';
const capitals = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

function isSound({ isValid }: IdentifierKind, written: string): boolean {
  return isValid?.(written.replace(/[^0-9A-Za-z]/g, '').toUpperCase(), written) !== false;
}

/** Fills the template until the kind calls it valid. */
function sampleOf(kind: IdentifierKind, template: string, random: () => number): string {
  const pick = (alphabet: string) => alphabet[Math.floor(random() * alphabet.length)]!;
  const alphabets: Readonly<Record<string, string>> = { '#': digits, '?': capitals, '*': digits + capitals };
  for (let attempt = 0; attempt < 50_000; attempt++) {
    const written = template.replace(/[#?*]/g, (mark) => pick(alphabets[mark]!));
    const opening = kind.opening?.exec(written.slice(0, written.search(/\d/)))?.[1] ?? '';
    kind.pattern.lastIndex = opening.length;
    const isWhole = kind.pattern.test(written) && kind.pattern.lastIndex === written.length;
    if (isWhole && isSound(kind, written)) return written;
  }
  throw new Error(`no sample of ${kind.id} fits ${template}`);
}

/** The value with another last digit, for which the check fails; undefined when nothing checks it. */
function broken(kind: IdentifierKind, written: string): string | undefined {
  const at = written.search(/\d\D*$/);
  for (const digit of digits) {
    const changed = written.slice(0, at) + digit + written.slice(at + 1);
    if (!isSound(kind, changed)) return changed;
  }
  return undefined;
}

function casesOfKind(kind: IdentifierKind, random: () => number): RuleCases {
  const [name, ...templates] = writings[kind.id]!;
  const samples = templates.map((template) => sampleOf(kind, template, random));
  const sure = { confidence: kind.isValid === undefined ? ('medium' as const) : ('high' as const) };
  const positives: Positive[] = [];
  const negatives = [`${name}: none given`];
  for (const value of samples) {
    positives.push(
      { text: `${name}: ${value}`, value, expected: { ...sure, severity: kind.severity ?? 'medium' } },
      { text: `a\r\nThe ${name} is "${value}", he said.\r\nb`, value },
    );
    const near = broken(kind, value);
    if (near !== undefined) negatives.push(`${name}: ${near}`);
    negatives.push(`${name}: ${value}xq`, `${name}: ${value}_1`, `${name}\n\nwe counted ${value}00 of them`);
    const isPlain = (kind.plain ?? /^\d+$/).test(value);
    const unnamed = kind.undivided !== undefined && isPlain ? kind.undivided : kind.unnamed;
    if (unnamed === 'sure') positives.push({ text: `we counted ${value} of them`, value, expected: sure });
    else if (unnamed === 'likely') {
      const expected = { confidence: 'medium', severity: 'low' } as const;
      positives.push({ text: `we counted ${value} of them`, value, expected });
    } else {
      negatives.push(
        `we counted ${value} of them`,
        `${name}\n\n\nf(${value});`,
        `${value}\n${value}\n${value}`,
      );
    }
    if (unnamed !== 'alone') continue;
    const expected = { confidence: 'low', severity: 'low' } as const;
    positives.push({ text: value, value, expected }, { text: `one\n  - "${value}",\ntwo`, value, expected });
  }
  return { positives, negatives };
}

const random = seeded(421);

/** Cases by rule id. */
export const identifierCases: Readonly<Record<string, RuleCases>> = Object.fromEntries(
  identifierKinds.map((kind) => [kind.id, casesOfKind(kind, random)]),
);
