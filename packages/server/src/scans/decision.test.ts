import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideDeployment } from './decision.ts';
import { newScan } from './schema.ts';
import { findingLike, reportLike } from './testing/reports.ts';

const decide = (more: Parameters<typeof reportLike>[0]) => decideDeployment(newScan.parse(reportLike(more)));
const one = (severity: string, more: object = {}) => ({ findings: [findingLike(severity, more)] });

describe('a deployment', () => {
  it.each([
    ['critical', 'medium', 'block_deployment'],
    ['high', 'medium', 'require_approval'],
    ['medium', 'medium', 'proceed_with_warnings'],
    ['low', 'medium', 'proceed_with_warnings'],
    ['critical', 'high', 'block_deployment'],
    ['high', 'high', 'require_approval'],
    ['medium', 'high', 'require_approval'],
    ['low', 'high', 'proceed_with_warnings'],
  ])('with a %s finding, in %s posture: %s', (severity, posture, expected) => {
    expect(decide({ ...one(severity), security_posture: posture }).decision).toBe(expected);
  });

  it('of which nothing was found may proceed', () => {
    expect(decide({})).toMatchObject({ decision: 'proceed_with_warnings', reason: 'Nothing was found' });
  });

  it('is blocked where not everything was scanned, or the report does not say that it was', () => {
    for (const complete of [false, undefined])
      expect(decide({ complete })).toMatchObject({
        decision: 'block_deployment',
        reason: 'Not everything could be scanned',
      });
  });

  it('with a critical finding that is not sure needs approval; one that says nothing of it is sure', () => {
    expect(decide(one('critical', { confidence: 'low' })).decision).toBe('require_approval');
    expect(decide(one('critical', { confidence: 'low', validated: true })).decision).toBe('block_deployment');
    expect(decide(one('critical', { confidence: undefined })).decision).toBe('block_deployment');
  });

  it('is in high posture where a marker of regulated data was found', () => {
    const findings = [findingLike('medium'), findingLike('low', { rule_id: 'marker-health' })];
    expect(decide({ findings })).toMatchObject({ decision: 'require_approval', posture: 'high' });
  });

  it('does not hear what the report concludes', () => {
    const claims = { veto_decision: 'ALLOW', veto_reason: 'all is well', override_available: true };
    expect(decide({ ...one('critical'), ...claims }).decision).toBe('block_deployment');
  });

  it('waits where the project has a stricter policy of its own', () => {
    expect(decide({ ...one('low'), veto_decision: 'BLOCK' }).decision).toBe('require_approval');
    expect(decide({ ...one('low'), veto_decision: 'WARN' }).decision).toBe('proceed_with_warnings');
  });

  it('is decided by what is counted too, where less is listed', () => {
    const summary = { ...reportLike({}).summary, critical: 2, issues_found: 2 };
    expect(decide({ summary })).toMatchObject({ decision: 'block_deployment', counts: { critical: 2 } });
  });

  it('never becomes milder by one more finding, or by a higher posture', () => {
    const order = ['proceed_with_warnings', 'require_approval', 'block_deployment'];
    const severity = fc.constantFrom('critical', 'high', 'medium', 'low');
    const some = fc.record({
      severity,
      confidence: fc.constantFrom('high', 'medium', 'low'),
      validated: fc.boolean(),
      rule_id: fc.constantFrom('jwt', 'marker-health'),
    });
    fc.assert(
      fc.property(
        fc.array(some, { maxLength: 6 }),
        some,
        fc.constantFrom('medium', 'high'),
        fc.boolean(),
        fc.constantFrom('BLOCK', 'WARN', 'ALLOW', null),
        (before, added, security_posture, complete, veto_decision) => {
          const finding = ({ severity, ...more }: typeof added) => findingLike(severity, more);
          const rank = (all: (typeof added)[], posture: string, veto = veto_decision) =>
            order.indexOf(
              decide({ findings: all.map(finding), security_posture: posture, complete, veto_decision: veto })
                .decision,
            );
          const less = rank(before, security_posture);
          expect(rank([...before, added], security_posture)).toBeGreaterThanOrEqual(less);
          expect(rank(before, 'high')).toBeGreaterThanOrEqual(less);
          expect(less).toBeGreaterThanOrEqual(rank(before, security_posture, null));
        },
      ),
    );
  });
});
