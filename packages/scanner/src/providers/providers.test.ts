import { describe, expect, it } from 'vitest';
import { createScanner, scan } from '../scan.ts';
import { casesOf } from '../testing/cases.ts';
import { ruleOf } from './provider-rule.ts';
import { providerRows } from './providers.ts';

const rows = providerRows.map((row) => [row.id, row] as const);

describe.each(rows)('provider row %s', (id, row) => {
  const { positives, negatives } = casesOf[id] ?? { positives: [], negatives: [] };
  const alone = createScanner([ruleOf(row)]);
  const spans = (text: string) => alone(text).map(({ start, end }) => text.slice(start, end));

  it('is complete', () => {
    expect(id).toMatch(/^[a-z\d]+(?:-[a-z\d]+)*$/);
    expect(row.source).toMatch(/^https:\/\//);
    expect(row.title).not.toBe('');
    expect(row.revoke).not.toBe('');
    expect(positives.length).toBeGreaterThan(4);
    expect(negatives.length).toBeGreaterThan(1);
    for (const format of row.formats) {
      if (format.kind === 'named') for (const noun of format.nouns) expect(noun).toMatch(/^[a-z\d _-]{4,}$/);
      if (format.kind === 'shape') expect(format.pattern.flags).toContain('y');
    }
  });

  it('catches exactly the value in every context', () => {
    for (const { text, value, expected } of positives) {
      expect(spans(text), text).toEqual([value]);
      expect(alone(text)[0], text).toMatchObject({ ruleId: id, ...expected });
      expect(value.length).toBeLessThanOrEqual(ruleOf(row).maximumLength);
    }
  });

  it('passes over near misses', () => {
    for (const text of negatives) expect(spans(text), text).toEqual([]);
  });

  it('is named by the scan with all rules, never a generic rule in its place', () => {
    for (const { text, value } of positives) {
      const start = text.indexOf(value);
      const covering = scan(text).filter(
        (finding) => finding.start <= start && finding.end >= start + value.length,
      );
      expect(covering.length, text).toBeGreaterThan(0);
      expect(
        covering.map(({ ruleId }) => ruleId),
        text,
      ).not.toEqual(['generic-assignment']);
    }
  });
});
