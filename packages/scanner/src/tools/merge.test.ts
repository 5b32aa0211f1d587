import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LocatedFinding } from '../files/suppressions.ts';
import { decidingSeverity } from '../push/decision.ts';
import { severityOrder } from '../reports/report.ts';
import { mergeFindings } from './merge.ts';
import { reportersOf } from './merge-group.ts';

type Changes = Partial<LocatedFinding['finding']> & { path?: string };

function found({ path = 'src/app.py', ...finding }: Changes): LocatedFinding {
  return {
    place: { path },
    finding: {
      ruleId: 'bandit/B602',
      category: 'python',
      severity: 'medium',
      confidence: 'medium',
      validated: false,
      title: 'A title',
      start: 10,
      end: 20,
      line: 2,
      column: 1,
      preview: '',
      fingerprint: `${finding.ruleId}:x`,
      ...finding,
    },
  };
}

const weaknesses: Record<string, string[]> = {
  'bandit/B602': ['CWE-78'],
  'semgrep/shell': ['CWE-78'],
  'semgrep/two': ['CWE-78', 'CWE-94'],
  'eslint/no-eval': ['CWE-94'],
};
const merge = (findings: Iterable<LocatedFinding>) => mergeFindings(findings, (id) => weaknesses[id] ?? []);
const ids = (findings: readonly LocatedFinding[]) => findings.map(({ finding }) => finding.ruleId).sort();

describe('the same, told by several', () => {
  it('is one finding: a password that bandit and we know of', () => {
    const own = found({
      ruleId: 'generic-assignment',
      category: 'secret',
      severity: 'high',
      start: 12,
      end: 24,
    });
    const theirs = found({ ruleId: 'bandit/B105', category: 'secret', severity: 'low', start: 11, end: 25 });
    const [one, ...rest] = merge([theirs, own]);
    expect(rest).toEqual([]);
    expect(one!.finding).toMatchObject({
      ruleId: 'generic-assignment',
      severity: 'high',
      sameAs: ['bandit/B105'],
      reasons: ['bandit/B105: low'],
      start: 12,
    });
    expect(reportersOf(one!.finding)).toEqual(['bandit', 'memhold']);
  });

  it('weighs what the gravest says', () => {
    const [one] = merge([
      found({ ruleId: 'bandit/B602', severity: 'low', confidence: 'high' }),
      found({ ruleId: 'semgrep/shell', severity: 'critical', confidence: 'medium' }),
    ]);
    expect(one!.finding).toMatchObject({
      ruleId: 'semgrep/shell',
      severity: 'critical',
      confidence: 'medium',
    });
    // That somebody is sure of a small thing makes nobody sure of a grave one.
    expect(decidingSeverity(one!)).toBe('high');
  });

  it('is an advisory of a package under two names', () => {
    const rooted = { category: 'dependency', path: 'web/package-lock.json', scope: 'file' } as const;
    const npm = found({
      ...rooted,
      ruleId: 'npm-audit/GHSA-1',
      dependency: { name: 'Lodash', advisories: ['GHSA-1'] },
    });
    const trivy = found({
      ...rooted,
      ruleId: 'trivy/CVE-2020-1',
      severity: 'high',
      dependency: { name: 'lodash', version: '4.17.15', advisories: ['CVE-2020-1', 'GHSA-1'] },
    });
    const [one, ...rest] = merge([npm, trivy]);
    expect(rest).toEqual([]);
    expect(one!.finding.dependency).toEqual({
      name: 'lodash',
      version: '4.17.15',
      advisories: ['CVE-2020-1', 'GHSA-1'],
    });
  });

  it('is told by its line where a tool knows no more, if there is only one secret on it', () => {
    const own = found({ ruleId: 'github-token', category: 'secret', start: 12, end: 24 });
    const line = found({ ruleId: 'trivy/github-pat', category: 'secret', start: 0, end: 0, scope: 'line' });
    expect(ids(merge([own, line]))).toEqual(['github-token']);
    const second = found({ ruleId: 'npm-token', category: 'secret', start: 30, end: 44 });
    expect(ids(merge([own, line, second]))).toEqual(['github-token', 'npm-token', 'trivy/github-pat']);
  });
});

describe('what is not the same', () => {
  it.each([
    ['other lines', found({}), found({ ruleId: 'semgrep/shell', line: 3 })],
    ['other files', found({}), found({ ruleId: 'semgrep/shell', path: 'src/b.py' })],
    ['other weaknesses', found({}), found({ ruleId: 'eslint/no-eval' })],
    [
      'two secrets on a line',
      found({ ruleId: 'github-token', category: 'secret', start: 1, end: 9 }),
      found({ ruleId: 'gitleaks/generic', category: 'secret', start: 9, end: 20 }),
    ],
    [
      'two packages with one advisory',
      found({ category: 'dependency', dependency: { name: 'a', advisories: ['CVE-1'] } }),
      found({ category: 'dependency', ruleId: 'trivy/x', dependency: { name: 'b', advisories: ['CVE-1'] } }),
    ],
  ])('stays apart: %s', (_, a, b) => {
    expect(merge([a, b])).toHaveLength(2);
  });

  it('stays apart where one tool marks two secrets at once', () => {
    const both = found({ ruleId: 'gitleaks/line', category: 'secret', start: 0, end: 50 });
    const a = found({ ruleId: 'github-token', category: 'secret', start: 1, end: 20 });
    const b = found({ ruleId: 'npm-token', category: 'secret', start: 25, end: 45 });
    expect(merge([both, a, b])).toHaveLength(3);
  });

  it('stays apart where a bridge of weaknesses would join two', () => {
    expect(
      ids(merge([found({}), found({ ruleId: 'semgrep/two' }), found({ ruleId: 'eslint/no-eval' })])),
    ).toHaveLength(3);
  });

  it('leaves our own findings as they are', () => {
    const own = [0, 5].map((start) => found({ ruleId: `own-${start}`, category: 'secret', start, end: 12 }));
    expect(merge(own)).toEqual(own);
    const theirs = found({ ruleId: 'gitleaks/x', category: 'secret', start: 6, end: 10 });
    expect(merge([...own, theirs])).toHaveLength(3);
  });
});

describe('an accepted finding', () => {
  const by = { by: 'baseline', reason: 'known' } as const;
  it('answers for the same weakness told by others, unless they hold it to be graver', () => {
    const accepted = { ...found({ severity: 'high' }), suppression: by };
    expect(merge([accepted, found({ ruleId: 'semgrep/shell', severity: 'high' })])).toMatchObject([
      { suppression: by },
    ]);
    const [graver] = merge([accepted, found({ ruleId: 'semgrep/shell', severity: 'critical' })]);
    expect(graver!.suppression).toBeUndefined();
  });
});

const anyFinding: fc.Arbitrary<LocatedFinding> = fc
  .record({
    ruleId: fc.constantFrom(
      'bandit/B602',
      'semgrep/shell',
      'semgrep/two',
      'eslint/no-eval',
      'github-token',
      'own-b',
      'gitleaks/g',
    ),
    category: fc.constantFrom('secret' as const, 'python' as const, 'dependency' as const, 'pii' as const),
    severity: fc.constantFrom(...severityOrder),
    confidence: fc.constantFrom('high' as const, 'medium' as const, 'low' as const),
    validated: fc.boolean(),
    start: fc.integer({ min: 0, max: 12 }),
    length: fc.integer({ min: 1, max: 8 }),
    line: fc.integer({ min: 1, max: 2 }),
    scope: fc.constantFrom(undefined, undefined, 'line' as const, 'file' as const),
    name: fc.constantFrom('a', 'b'),
    advisories: fc.uniqueArray(fc.constantFrom('CVE-1', 'CVE-2', 'GHSA-1', 'GHSA-2', 'X-1'), {
      minLength: 1,
      maxLength: 3,
    }),
    path: fc.constantFrom('a.py', 'b/a.py'),
    suppressed: fc.integer({ min: 0, max: 4 }),
  })
  .map(({ length, scope, name, advisories, suppressed, ...one }) => {
    const located = found({
      ...one,
      end: one.start + length,
      fingerprint: `${one.ruleId}:${one.start}`,
      ...(scope !== undefined && { scope }),
      ...(one.category === 'dependency' && { dependency: { name, advisories: advisories.sort() } }),
    });
    return suppressed === 0
      ? { ...located, suppression: { by: 'allow-list' as const, reason: 'r' } }
      : located;
  });
const many = fc.array(anyFinding, { maxLength: 14 });
const inOrder = (findings: readonly LocatedFinding[]) => findings.map((one) => JSON.stringify(one)).sort();
const runs = { numRuns: process.env.MEMHOLD_TEST_LONG === '1' ? 100_000 : 1000 };

describe('merging', () => {
  it('again changes nothing', () => {
    fc.assert(
      fc.property(many, (findings) => {
        const once = merge(findings);
        expect(inOrder(merge(once))).toEqual(inOrder(once));
      }),
      runs,
    );
  });

  it('does not depend on the order', () => {
    fc.assert(
      fc.property(
        many.chain((findings) =>
          fc.tuple(fc.constant(findings), fc.shuffledSubarray(findings, { minLength: findings.length })),
        ),
        ([findings, shuffled]) => {
          expect(inOrder(merge(shuffled))).toEqual(inOrder(merge(findings)));
        },
      ),
      runs,
    );
  });

  it('loses no rule, no severity and nothing that decides', () => {
    const heaviest = (findings: readonly LocatedFinding[]) =>
      Math.min(4, ...findings.map((one) => severityOrder.indexOf(decidingSeverity(one))));
    fc.assert(
      fc.property(many, (findings) => {
        const merged = merge(findings);
        for (const { finding, place } of findings) {
          const holder = merged.find(
            (one) =>
              (one.place.path === place.path || finding.category === 'dependency') &&
              [one.finding.ruleId, ...(one.finding.sameAs ?? [])].includes(finding.ruleId) &&
              severityOrder.indexOf(one.finding.severity) <= severityOrder.indexOf(finding.severity),
          );
          expect(holder).toBeDefined();
        }
        expect(heaviest(merged)).toBe(heaviest(findings));
      }),
      runs,
    );
  });

  it('never hides what counts behind what is accepted, if that is lighter', () => {
    const counting = (findings: readonly LocatedFinding[], severity: string) =>
      findings.some((one) => one.suppression === undefined && one.finding.severity === severity);
    fc.assert(
      fc.property(many, (findings) => {
        const all = merge(findings);
        for (const severity of severityOrder) {
          const rank = severityOrder.indexOf(severity);
          const isAccepted = findings.some(
            (one) => one.suppression !== undefined && severityOrder.indexOf(one.finding.severity) <= rank,
          );
          if (counting(findings, severity) && !isAccepted)
            expect(
              all.some(
                (one) => one.suppression === undefined && severityOrder.indexOf(one.finding.severity) <= rank,
              ),
            ).toBe(true);
        }
      }),
      runs,
    );
  });

  it('never joins two secrets, nor two CVEs', () => {
    fc.assert(
      fc.property(many, (findings) => {
        for (const { finding } of merge(findings)) {
          if (finding.category === 'dependency') {
            const parts = findings.filter((one) =>
              [finding.ruleId, ...(finding.sameAs ?? [])].includes(one.finding.ruleId),
            );
            const sets = parts.map((one) =>
              one.finding.dependency?.advisories.filter((id) => id.startsWith('CVE-')).join(),
            );
            const cves = finding.dependency!.advisories.filter((id) => id.startsWith('CVE-')).join();
            if (cves !== '') expect(sets).toContain(cves);
          }
        }
        // Spans that do not touch are still two findings: one remains for each.
        const secrets = findings.filter(
          ({ finding }) => finding.category === 'secret' && finding.scope === undefined,
        );
        for (const a of secrets)
          for (const b of secrets) {
            const isApart = a.place.path === b.place.path && a.finding.end <= b.finding.start;
            if (!isApart) continue;
            const kept = merge(findings).filter(
              ({ finding, place }) =>
                finding.category === 'secret' && finding.scope === undefined && place.path === a.place.path,
            );
            expect(kept.length).toBeGreaterThan(1);
          }
      }),
      { numRuns: Math.floor(runs.numRuns / 4) },
    );
  });
});
