import { describe, expect, it } from 'vitest';
import { providerRules } from './providers/providers.ts';
import { rules } from './rules.ts';
import { createScanner, scan } from './scan.ts';
import { casesOf } from './testing/cases.ts';

// The rules of provider rows have a test of their own beside them.
const written = rules.filter((rule) => !providerRules.includes(rule));

describe.each(written.map((rule) => [rule.id, rule] as const))('rule %s', (id, rule) => {
  const cases = casesOf[id] ?? { positives: [], negatives: [] };
  const alone = createScanner([rule]);

  it('is complete', () => {
    expect(id).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
    expect(cases.positives.length).toBeGreaterThan(0);
    expect(cases.negatives.length).toBeGreaterThan(0);
    expect(rule.keywords.length + (rule.leads?.length ?? 0)).toBeGreaterThan(0);
    expect(rule.maximumLength).toBeGreaterThan(0);
    expect(rule.maximumLength).toBeLessThanOrEqual(32_768);
    expect(rule.remediation.steps.length).toBeGreaterThan(0);
    for (const reference of rule.remediation.references) expect(reference).toMatch(/^https:\/\//);
    expect(rule.remediation.references.length).toBeGreaterThan(0);
    expect(rule.mappings.cwe.join()).toMatch(/^CWE-\d+(?:,CWE-\d+)*$/);
    expect(rule.mappings.owasp.length).toBeGreaterThan(0);
  });

  it.each(cases.positives)('catches exactly the value in $text', ({ text, value, expected }) => {
    const findings = alone(text);
    expect(findings.map(({ start, end }) => text.slice(start, end))).toEqual([value]);
    expect(findings[0]).toMatchObject({ ruleId: id, ...expected });
  });

  it.each(cases.positives)(
    'still reports $text with all rules, or something surer in its place',
    ({ text }) => {
      const [mine] = alone(text);
      const covering = scan(text).filter(({ start, end }) => start <= mine!.start && end >= mine!.end);
      expect(covering.length).toBeGreaterThan(0);
    },
  );

  it.each(cases.negatives.map((text) => ({ text })))('passes over $text', ({ text }) => {
    expect(alone(text)).toEqual([]);
  });

  it('looks no farther than its maximum length', () => {
    const filler = ' '.repeat(4);
    for (const { text } of cases.positives) {
      for (const { start, end } of alone(filler + text)) {
        expect(end - start).toBeLessThanOrEqual(rule.maximumLength);
      }
    }
  });
});

describe('where in its token a keyword stands', () => {
  it('is said only to spare calls: without it every rule finds the same', () => {
    const anywhere = createScanner(rules.map((rule) => ({ ...rule, keywordAt: -1 })));
    for (const { positives } of Object.values(casesOf)) {
      const { text } = positives[0]!;
      const variants = [text, `\\n${text}`, `%3D${text}`, `x${text}`].join('\n');
      expect(scan(variants)).toEqual(anywhere(variants));
    }
  });
});

describe('the registry', () => {
  it('has each id once, and no cases without a rule', () => {
    const ids = rules.map((rule) => rule.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(Object.keys(casesOf).sort()).toEqual([...ids].sort());
  });
});
