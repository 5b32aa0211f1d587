import { expect, it } from 'vitest';
import type { Report, Veto } from './report.ts';
import { verdictLine } from './verdict-line.ts';

const veto: Veto = {
  posture: 'medium',
  decision: 'BLOCK',
  reason: 'High security issues detected',
  canOverride: true,
};
const lineOf = (more: Partial<Veto>) => verdictLine({ veto: { ...veto, ...more } } as Report);

it('says what of the policy made a verdict stricter, five things at most', () => {
  expect(lineOf({})).toBe('Blocked: High security issues detected, can be overridden for one push');
  const evidence = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  expect(lineOf({ evidence, canOverride: false })).toBe(
    'Blocked: High security issues detected (a; b; c; d; e and 2 more)',
  );
});
