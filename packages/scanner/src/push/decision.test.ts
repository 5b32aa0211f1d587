import { describe, expect, it } from 'vitest';
import type { LocatedFinding } from '../files/suppressions.ts';
import type { Severity } from '../finding.ts';
import { decidePush } from './decision.ts';

const found = (severity: Severity, more: Partial<LocatedFinding['finding']> = {}): LocatedFinding => ({
  finding: {
    ruleId: 'some-rule',
    category: 'secret',
    severity,
    confidence: 'high',
    validated: false,
    title: 'Something',
    start: 0,
    end: 1,
    line: 1,
    column: 1,
    preview: '…(1–7)',
    fingerprint: 'some-rule:1:2',
    ...more,
  },
  place: { path: 'a.ts' },
});
const marker = found('low', { ruleId: 'marker-health', category: 'pii' });

describe('the decision about a push', () => {
  it.each([
    ['nothing', [], 'medium', 'ALLOW', false],
    ['a low finding', [found('low')], 'medium', 'ALLOW', false],
    ['a medium one', [found('medium')], 'medium', 'WARN', false],
    ['a high one', [found('high')], 'medium', 'BLOCK', true],
    ['a critical one', [found('critical')], 'medium', 'BLOCK', false],
    ['a critical and a high one', [found('high'), found('critical')], 'medium', 'BLOCK', false],
    ['a medium one in high posture', [found('medium')], 'high', 'BLOCK', false],
    ['a high one in high posture', [found('high')], 'high', 'BLOCK', false],
    ['a low one in high posture', [found('low')], 'high', 'ALLOW', false],
  ] as const)('with %s is as the postures say', (_, findings, posture, verdict, canOverride) => {
    expect(decidePush(findings, posture)).toMatchObject({ posture, verdict, canOverride });
  });

  it('takes a critical finding that nothing corroborates as high', () => {
    const unsure = found('critical', { confidence: 'medium' });
    expect(decidePush([unsure], 'medium')).toMatchObject({ verdict: 'BLOCK', canOverride: true });
    const proved = found('critical', { confidence: 'medium', validated: true });
    expect(decidePush([proved], 'medium')).toMatchObject({ verdict: 'BLOCK', canOverride: false });
  });

  it('is raised by markers of regulated data, which it names', () => {
    const decision = decidePush([marker, found('medium')], 'medium');
    expect(decision).toMatchObject({ posture: 'high', verdict: 'BLOCK', escalatedBy: [marker] });
    expect(decidePush([marker], 'medium')).toMatchObject({ posture: 'high', verdict: 'ALLOW' });
  });

  it('puts the worst first', () => {
    const all = [found('high'), found('critical'), found('medium')];
    const severities = decidePush(all, 'high').blocking.map(({ finding }) => finding.severity);
    expect(severities).toEqual(['critical', 'high', 'medium']);
  });
});
