import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { demandsOf } from '../agent/demands.ts';
import { frameworkNames } from '../agent/frameworks.ts';
import { outcomes } from '../agent/outcome.ts';
import { policyOf } from '../agent/project-policy.ts';
import { securityOf } from '../agent/security-settings.ts';
import { InvalidConfiguration } from '../files/settings-shape.ts';
import type { LocatedFinding } from '../files/suppressions.ts';
import type { Severity } from '../finding.ts';
import {
  type AgentOpinion,
  type Asked,
  type Decision,
  decidePush,
  decidingSeverity,
  withFault,
  withOpinion,
} from './decision.ts';

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

const policyFrom = (value: object) => policyOf([{ settings: securityOf(value, ''), name: 'settings' }]);
const askedBy = (value: object): Asked => {
  const policy = policyFrom(value);
  return { postureBecause: policy.postureBecause, demandOf: demandsOf(policy) };
};
const decideBy = (findings: readonly LocatedFinding[], value: object) =>
  decidePush(findings, policyFrom(value).posture, askedBy(value));

describe('what a project asks for', () => {
  const low = found('low', { category: 'pii', ruleId: 'email' });

  it('blocks what warns elsewhere, by severity, category, rule and path, and says who asks', () => {
    const thresholds = [{ severity: 'medium', category: 'secrets', path: 'a.*', at_least: 'block' }];
    const decision = decideBy([found('medium')], { thresholds });
    expect(decision).toMatchObject({ verdict: 'BLOCK', canOverride: true, posture: 'medium' });
    expect(decision.evidence).toEqual(['block: thresholds[0] of settings']);
    for (const other of [{ path: 'b.*' }, { category: 'pii' }, { severity: 'high' }, { rule: 'other' }])
      expect(decideBy([found('medium')], { thresholds: [{ ...thresholds[0], ...other }] }).verdict).toBe(
        'WARN',
      );
  });

  it('is vetoed where the project says so, and then nothing overrides it', () => {
    const thresholds = [{ severity: 'high', at_least: 'veto' }];
    expect(decideBy([found('high')], { thresholds })).toMatchObject({ verdict: 'BLOCK', canOverride: false });
  });

  it('is a kind of personal data that warns, and names what warns', () => {
    expect(decideBy([low], {})).toMatchObject({ verdict: 'ALLOW', evidence: [] });
    expect(decideBy([low], { pii_kinds: { email: 'warn' } })).toMatchObject({
      verdict: 'WARN',
      reason: 'Low security issues detected',
      evidence: ['warn: pii_kinds.email of settings'],
    });
  });

  it('is a framework, which raises the posture and is named', () => {
    const decision = decideBy([found('medium')], { compliance: ['HIPAA'] });
    expect(decision).toMatchObject({ posture: 'high', verdict: 'BLOCK', canOverride: false });
    expect(decision.evidence).toContain('high posture: asked for by HIPAA');
    const card = found('high', { category: 'pii', ruleId: 'payment-card' });
    expect(decideBy([card], { compliance: 'pci-dss' }).canOverride).toBe(false);
  });

  it('is a regulated field, whose value raises the posture', () => {
    const value = found('medium', { category: 'pii', ruleId: 'regulated-patient-id' });
    expect(decideBy([value], {})).toMatchObject({ posture: 'high', verdict: 'BLOCK', canOverride: false });
  });

  const someFinding = fc
    .record({
      severity: fc.constantFrom<Severity>('critical', 'high', 'medium', 'low'),
      confidence: fc.constantFrom('high' as const, 'medium' as const, 'low' as const),
      validated: fc.boolean(),
      category: fc.constantFrom('secret' as const, 'pii' as const),
      ruleId: fc.constantFrom('github-token', 'email', 'payment-card', 'marker-health'),
      fingerprint: fc.constantFrom('a:1:1', 'b:2:2'),
    })
    .map(({ severity, ...more }) => found(severity, more));
  const someFindings = fc.array(someFinding, { maxLength: 6 });
  const severity = fc.constantFrom('critical', 'high', 'medium', 'low');
  const someSettings = fc.record(
    {
      posture: fc.constantFrom('medium', 'high'),
      compliance: fc.subarray(frameworkNames),
      pii_kinds: fc.dictionary(fc.constantFrom('email', 'payment-card'), fc.constantFrom(...outcomes)),
      thresholds: fc.array(
        fc.record(
          {
            severity,
            category: fc.constantFrom('secrets', 'pii'),
            rule: fc.constantFrom('email', 'github-token'),
            path: fc.constantFrom('a.ts', '**', 'b/'),
            at_least: fc.constantFrom('note', 'warn', 'block', 'veto'),
          },
          { requiredKeys: ['at_least'] },
        ),
        { maxLength: 3 },
      ),
      allow: fc.array(fc.record({ path: fc.constant('**'), reason: fc.constant('trust me') })),
    },
    { requiredKeys: [] },
  );
  const someOpinion: fc.Arbitrary<AgentOpinion> = fc.record({
    posture: fc.constantFrom(undefined, 'medium' as const, 'high' as const),
    verdict: fc.constantFrom(undefined, 'BLOCK' as const, 'WARN' as const, 'ALLOW' as const),
    reason: fc.constantFrom('', 'so'),
    block: fc.subarray(['a:1:1', 'b:2:2']),
    isFinal: fc.boolean(),
  });
  const verdicts = ['ALLOW', 'WARN', 'BLOCK'];
  /** No part of the second decision is looser than the first. */
  const isAsStrict = (before: Decision, after: Decision) => {
    expect(verdicts.indexOf(after.verdict)).toBeGreaterThanOrEqual(verdicts.indexOf(before.verdict));
    if (before.posture === 'high') expect(after.posture).toBe('high');
    for (const one of before.blocking) expect(after.blocking).toContain(one);
    if (before.verdict === 'BLOCK' && !before.canOverride) expect(after.canOverride).toBe(false);
  };

  it('never lets a critical finding pass, and never loosens, whatever the settings and the agent say', () => {
    let taken = 0;
    fc.assert(
      fc.property(someFindings, someSettings, someOpinion, (findings, settings, opinion) => {
        const floor = decidePush(findings, 'medium');
        let asked: Asked;
        let posture: Decision['posture'];
        try {
          [asked, posture] = [askedBy(settings), policyFrom(settings).posture];
          taken++;
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidConfiguration);
          return;
        }
        const decision = decidePush(findings, posture, asked);
        isAsStrict(floor, decision);
        const heard = withOpinion(decision, findings, opinion, asked);
        isAsStrict(decision, heard);
        isAsStrict(heard, withFault(heard, 'it throws'));
        if (findings.some((one) => decidingSeverity(one) === 'critical'))
          expect(heard).toMatchObject({ verdict: 'BLOCK', canOverride: false });
      }),
      { numRuns: process.env.MEMHOLD_TEST_LONG === '1' ? 20_000 : 500 },
    );
    expect(taken).toBeGreaterThan(100);
  });
});

describe('the opinion of the project agent', () => {
  const opinion = { posture: undefined, verdict: undefined, reason: 'a freeze', block: [], isFinal: false };
  const clean = decidePush([], 'medium');

  it('blocks where nothing else does, and is overridden unless it is final', () => {
    const blocked = withOpinion(clean, [], { ...opinion, verdict: 'BLOCK' }, {});
    expect(blocked).toMatchObject({
      verdict: 'BLOCK',
      reason: 'The project agent blocks: a freeze',
      canOverride: true,
      evidence: ['project agent: a freeze'],
    });
    const final = withOpinion(clean, [], { ...opinion, verdict: 'BLOCK', isFinal: true }, {});
    expect(final.canOverride).toBe(false);
  });

  it('blocks the findings that it names, and warns', () => {
    const low = found('low', { fingerprint: 'one' });
    const named = withOpinion(clean, [low], { ...opinion, block: ['one'] }, {});
    expect(named).toMatchObject({ verdict: 'BLOCK', blocking: [low] });
    expect(withOpinion(clean, [], { ...opinion, verdict: 'WARN' }, {}).verdict).toBe('WARN');
  });

  it('raises the posture, so that medium findings block', () => {
    const medium = found('medium');
    const raised = withOpinion(decidePush([medium], 'medium'), [medium], { ...opinion, posture: 'high' }, {});
    expect(raised).toMatchObject({ posture: 'high', verdict: 'BLOCK', canOverride: false });
  });

  it('that does not come stops the push', () => {
    expect(withFault(clean, 'it throws')).toMatchObject({ verdict: 'BLOCK', canOverride: false });
  });
});
