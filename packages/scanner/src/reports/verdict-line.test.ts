import { expect, it } from 'vitest';
import type { Report, Veto } from './report.ts';
import { reasonOf, verdictLine } from './verdict-line.ts';

const veto: Veto = {
  posture: 'medium',
  decision: 'BLOCK',
  reason: 'High security issues detected',
  canOverride: true,
};

it('says whether a verdict can be overridden', () => {
  expect(verdictLine({ veto } as Report)).toBe(
    'Blocked: High security issues detected, can be overridden for one push',
  );
});

it('gives a reason with what of the policy made it stricter, five things at most', () => {
  expect(reasonOf(veto)).toBe('High security issues detected');
  const evidence = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  expect(reasonOf({ ...veto, evidence })).toBe('High security issues detected (a; b; c; d; e and 2 more)');
});
