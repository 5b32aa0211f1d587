import { describe, expect, it } from 'vitest';
import { nearestName } from '../files/nearest-name.ts';
import { looserThan } from './looser.ts';
import { ownerLookup, ownersOf } from './owners.ts';
import { viewOf } from './policy-view.ts';
import { policyOf } from './project-policy.ts';
import { securityOf } from './security-settings.ts';

const policy = (...values: object[]) =>
  policyOf(values.map((value, i) => ({ settings: securityOf(value, ''), name: `source ${i}` })));

describe('what settings mean together', () => {
  it('is the strictest of each, and only the first allows anything', () => {
    const allow = [{ path: 'a', reason: 'so' }];
    const both = policy(
      { posture: 'medium', pii_patterns: ['ward_a'], allow },
      { posture: 'high', pii_patterns: ['ward_b'], compliance: 'soc2', allow: [...allow, ...allow] },
    );
    expect(both).toMatchObject({
      posture: 'high',
      postureBecause: ['set in source 1'],
      compliance: ['soc2'],
    });
    expect([...both.fields]).toEqual([
      ['ward_a', 'source 0'],
      ['ward_b', 'source 1'],
    ]);
    expect(both.allow).toHaveLength(1);
  });

  it('has the fields and thresholds of its frameworks, and says so', () => {
    const hipaa = policy({ compliance: ['hipaa'] });
    expect(hipaa.fields.get('patient_id')).toBe('HIPAA');
    expect(hipaa.thresholds).toContainEqual({
      category: 'pii',
      severity: 'low',
      outcome: 'warn',
      because: 'HIPAA',
    });
  });

  it('is shown with reasons, and without what steers a terminal', () => {
    const shown = viewOf(
      policy({ allow: [{ path: 'a\u001b[2K', reason: 'so\nwhat', until: '2026-01-01' }] }),
      '2026-11-22',
    );
    expect(shown.allow).toEqual([
      { what: 'a\\u001b[2K', reason: 'so\\nwhat', until: '2026-01-01', counts: false },
    ]);
    expect(shown).toMatchObject({ posture: 'medium', severities: { critical: 'veto', high: 'block' } });
  });
});

describe('a policy that is looser than another', () => {
  const strict = {
    posture: 'high',
    compliance: ['hipaa'],
    pii_patterns: ['ward_number'],
    thresholds: [{ path: 'a', at_least: 'veto' }],
    pii_kinds: { email: 'block' },
  };

  it('is told by each thing that is missing', () => {
    const found = looserThan(policy({ allow: [{ path: 'a', reason: 'so' }] }), policy(strict));
    expect(found).toEqual([
      'posture medium in place of high',
      'without compliance hipaa',
      expect.stringMatching(/fields ward_number, patient_id/),
      'without what is asked for by thresholds[0] of source 0, pii_kinds.email of source 0, HIPAA',
      'with 1 more in its allow-list',
    ]);
    const milder = { ...strict, pii_kinds: { email: 'warn' } };
    expect(looserThan(policy(milder), policy(strict))).toEqual([expect.stringContaining('pii_kinds.email')]);
  });

  it('is none where it is the same, or stricter', () => {
    expect(looserThan(policy(strict), policy(strict))).toEqual([]);
    expect(looserThan(policy({ ...strict, pii_kinds: { email: 'veto' } }), policy(strict))).toEqual([]);
  });
});

describe('owners', () => {
  it('are those of the last entry that matches', () => {
    const of = ownerLookup(
      ownersOf(
        [
          { path: '*.ts', people: ['@all'] },
          { path: 'src/billing/**', people: ['@acme/billing', 'ann@dev.test'] },
        ],
        'owners',
      ),
    );
    expect(of('src/billing/a.ts')).toEqual(['@acme/billing', 'ann@dev.test']);
    expect(of('src/a.ts')).toEqual(['@all']);
    expect(of('README.md')).toEqual([]);
  });
});

describe('the nearest name', () => {
  it.each([
    ['postrue', 'posture'],
    ['POSTURE', 'posture'],
    ['complience', 'compliance'],
    ['owner', 'owners'],
    ['something', undefined],
    ['x'.repeat(10_000), undefined],
  ])('of %s is %s', (name, near) => {
    expect(nearestName(name, ['posture', 'compliance', 'owners'])).toBe(near);
  });
});
