import { describe, expect, it } from 'vitest';
import { rules } from '../rules.ts';
import { createScanner } from '../scan.ts';
import { casesOf } from '../testing/cases.ts';
import { patternOf } from './pattern.ts';

describe('the pattern of a rule', () => {
  it.each(rules.map((rule) => [rule.id, rule] as const))('%s describes what the rule finds', (id, rule) => {
    expect(rule.patterns?.length).toBeGreaterThan(0);
    expect(patternOf(rule).length).toBeLessThan(1000);
    const scan = createScanner([rule]);
    let tried = 0;
    for (const { text, value, expected } of casesOf[id]!.positives) {
      const [finding] = scan(text);
      if (expected?.confidence === 'low' || finding!.reasons?.[0]?.startsWith('decoded')) continue;
      const shown = patternOf(rule, finding!.preview);
      const isWhole = rule.patterns!.length < 10;
      const pattern = isWhole ? shown : rule.patterns!.join('|');
      tried++;
      expect(
        new RegExp(pattern, 'u').test(text) || new RegExp(pattern, 'u').test(value),
        `${pattern}\n${text}`,
      ).toBe(true);
    }
    expect(tried + Number(rule.confidence === 'low')).toBeGreaterThan(0);
  });

  it('is that of the beginning which was found', () => {
    const rule = rules.find(({ id }) => id === 'aws-access-key')!;
    expect(patternOf(rule, 'AKIA…(16–31)')).toBe('AKIA[0-9A-Z]{16}');
    expect(patternOf(rule)).toContain('|ASIA[0-9A-Z]{16}|');
    expect(patternOf({ keywords: ['a.b', 'c'] })).toBe('(?i:a\\.b)|(?i:c)');
  });
});
