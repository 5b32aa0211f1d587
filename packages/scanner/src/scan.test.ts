import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparePrecedence } from './finding.ts';
import { resolveOverlaps } from './overlap.ts';
import { rules } from './rules.ts';
import { createScanner, scan } from './scan.ts';
import { makeTokens } from './testing/tokens.ts';

const tokens = makeTokens(20);
const github = tokens.github();
const address = tokens.email();

describe('scan', () => {
  it('gives 1-based lines and columns in UTF-16 code units', () => {
    const text = `😀 ${github}\r\nтекст ${address}\n\n${github}`;
    expect(scan(text).map(({ line, column, ruleId }) => [line, column, ruleId])).toEqual([
      [1, 4, 'github-token'],
      [2, 7, 'email'],
      [4, 1, 'github-token'],
    ]);
  });

  it('reports a token once, by its format and not by the name it is assigned to', () => {
    const findings = scan(`GITHUB_TOKEN="${github}"`);
    expect(findings.map((finding) => finding.ruleId)).toEqual(['github-token']);
  });

  it('keeps the whole of a value that merely contains a token', () => {
    const [first, second] = scan(`password = "abc1!${github}!xyz"`);
    expect([first!.ruleId, second!.ruleId]).toEqual(['generic-assignment', 'github-token']);
  });

  it('asks a rule about those of its keywords only that stand in a token where it says', () => {
    const asked: string[] = [];
    const match = (text: string, _start: number, end: number) => {
      asked.push(text.slice(0, end));
      return undefined;
    };
    const keywordAt = new Map<string, number | 'word'>([
      ['ab', 0],
      ['cd', 2],
      ['gh', 'word'],
    ]);
    const keywords = ['ab', 'cd', 'ef', 'gh'];
    createScanner([{ ...rules[0]!, keywords, leads: [], keywordAt, match }])(
      'ab xab \\nab 12cd 1cd xef 1gh xgh xGh XGH',
    );
    expect(asked.map((text) => text.split(' ').at(-1))).toEqual(['ab', '\\nab', '12cd', 'xef', '1gh', 'xGh']);
  });

  it('finds nothing in ordinary prose and never throws', () => {
    expect(scan('')).toEqual([]);
    expect(scan('The user prefers dark mode, has 2 cats, and asked about tokens and passwords.')).toEqual([]);
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => void scan(text)));
  });

  it('survives any mixture of fragments, sorted and inside the text', () => {
    const fragment = fc.constantFrom(
      github,
      address,
      'password="',
      'ssn ',
      '://a:b@',
      '-----BEGIN ',
      '\\n',
      '"',
      '密',
      '\n',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(fragment, { maxLength: 30 }), (parts) => {
        const text = parts.join('');
        const findings = scan(text);
        findings.forEach(({ start, end }, i) => {
          expect(start).toBeGreaterThanOrEqual(findings[i - 1]?.start ?? 0);
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual(text.length);
        });
      }),
      { numRuns: 300 },
    );
  });

  it('shows the public prefix and a length class only', () => {
    expect(scan(github)[0]!.preview).toBe('ghp_…(32–63)');
    expect(scan(address)[0]!.preview).toBe('…(16–31)');
  });
});

describe('the fingerprint', () => {
  const of = (text: string, salt?: string) => scan(text, salt === undefined ? {} : { salt })[0]!.fingerprint;

  it('survives moves, indentation and quotes', () => {
    const original = of(`token: "${github}"`);
    expect(of(`\n\n    token = '${github}'\n`)).toBe(original);
  });

  it('differs for another secret in the same place, and for another name', () => {
    const original = of(`token: "${github}"`);
    expect(of(`token: "${tokens.github()}"`)).not.toBe(original);
    const renamed = of(`other: "${github}"`);
    expect(renamed).not.toBe(original);
    expect(renamed.split(':')[1]).toBe(original.split(':')[1]);
  });

  it('depends on the salt', () => {
    expect(of(github, 'private')).not.toBe(of(github));
    expect(of(github)).toMatch(/^github-token:[\da-f]{24}:[\da-f]{8}$/);
  });
});

describe('overlaps', () => {
  const span = fc
    .record({
      start: fc.nat(30),
      length: fc.integer({ min: 1, max: 12 }),
      validated: fc.boolean(),
      confidence: fc.constantFrom('high' as const, 'medium' as const, 'low' as const),
      severity: fc.constantFrom('critical' as const, 'high' as const, 'low' as const),
    })
    .map(({ length, ...rest }) => ({ ...rest, end: rest.start + length }));

  it('drop only what lies inside something that is kept and at least as strong', () => {
    fc.assert(
      fc.property(fc.array(span, { maxLength: 12 }), (spans) => {
        const kept = resolveOverlaps(spans);
        for (const lost of spans.filter((candidate) => !kept.includes(candidate))) {
          const isCovered = kept.some(
            (other) =>
              other.start <= lost.start && other.end >= lost.end && comparePrecedence(other, lost) <= 0,
          );
          expect(isCovered).toBe(true);
        }
        for (const a of kept) {
          const isRedundant = kept.some(
            (b) => b !== a && b.start <= a.start && b.end >= a.end && comparePrecedence(b, a) < 0,
          );
          expect(isRedundant).toBe(false);
        }
      }),
      { numRuns: 500 },
    );
  });
});
