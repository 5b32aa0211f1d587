import { describe, expect, it } from 'vitest';
import { compareFindings } from '../reports/report.ts';
import { FindingTable } from './finding-table.ts';
import type { LocatedFinding } from './suppressions.ts';

const severities = ['low', 'critical', 'medium', 'high'] as const;

function finding(i: number): LocatedFinding {
  const hex = (i * 0x9e3779b1).toString(16).padStart(24, '0').slice(-24);
  const isFault = i % 10 === 9;
  const ruleId = isFault ? 'suppression-expired' : `rule-${i % 4}`;
  return {
    finding: {
      ruleId,
      category: isFault ? 'suppression' : 'secret',
      severity: severities[i % 4]!,
      confidence: 'high',
      validated: i % 2 === 0,
      title: `Title ${i % 4}`,
      start: i,
      end: i + 20,
      line: (i * 7) % 50,
      column: i % 3,
      preview: '…(16–31)',
      ...(i % 5 === 0 && { reasons: ['letters and digits'] }),
      fingerprint: isFault ? `${ruleId}:a+b` : `${ruleId}:${hex}:ffffff0${i % 10}`,
    },
    place: i % 3 === 0 ? { path: `p${i % 7}` } : { path: `p${i % 7}`, commit: 'c'.repeat(40) },
    ...(i % 6 === 0 && { suppression: { by: 'comment', reason: `because ${i % 2}` } }),
  };
}

describe('a table of findings', () => {
  const all = Array.from({ length: 300 }, (_, i) => finding(i));

  it('gives back what was added, also through another table', () => {
    const [first, second, whole] = [new FindingTable(), new FindingTable(), new FindingTable()];
    for (const [i, one] of all.entries()) (i < 100 ? first : second).add(one);
    whole.absorb(structuredClone(first.data));
    whole.absorb(structuredClone(second.data));
    expect([...whole]).toEqual(all);
    expect(whole.length).toBe(300);
  });

  it('sorts as reports do, apart from what is suppressed', () => {
    const table = new FindingTable();
    for (const one of all) table.add(one);
    table.suppress(({ finding: { line } }) => (line === 7 ? { by: 'baseline', reason: 'known' } : undefined));
    const expected = [...table].sort(compareFindings);
    const isSuppressed = ({ suppression }: LocatedFinding) => suppression !== undefined;
    expect([...table.sorted(true)]).toEqual(expected.filter(isSuppressed));
    expect([...table.sorted(false)]).toEqual(expected.filter((one) => !isSuppressed(one)));
    expect([...table.sorted(true)].map(({ suppression }) => suppression?.by)).toContain('baseline');
  });

  it('keeps no text of the file alive', () => {
    const table = new FindingTable();
    const kept = { ...finding(0).finding };
    table.add({ ...finding(0), finding: kept });
    expect(table.data.kinds[0]).not.toBe(kept);
  });
});
