import { isStricter } from './outcome.ts';
import type { ProjectPolicy } from './project-policy.ts';

/** In which ways one policy lets through what another stops, for people; empty where it does not. */
export function looserThan(policy: ProjectPolicy, other: ProjectPolicy): string[] {
  const found: string[] = [];
  if (policy.posture === 'medium' && other.posture === 'high') found.push('posture medium in place of high');
  const missing = (noun: string, names: readonly string[]) => {
    if (names.length > 0) found.push(`without ${noun} ${names.join(', ')}`);
  };
  missing(
    'compliance',
    other.compliance.filter((name) => !policy.compliance.includes(name)),
  );
  missing(
    'the regulated fields',
    [...other.fields.keys()].filter((name) => !policy.fields.has(name)),
  );
  const patterns = new Set(policy.customPatterns.map((one) => JSON.stringify(one)));
  missing(
    'the custom patterns',
    other.customPatterns.filter((one) => !patterns.has(JSON.stringify(one))).map(({ id }) => id),
  );
  const thresholds = new Map(policy.thresholds.map((one) => [conditionOf(one), one.outcome]));
  missing(
    'what is asked for by',
    other.thresholds
      .filter((one) => {
        const outcome = thresholds.get(conditionOf(one));
        return outcome === undefined || isStricter(one.outcome, outcome);
      })
      .map(({ because }) => because),
  );
  const allowed = new Set(other.allow.map((one) => JSON.stringify(one)));
  const more = policy.allow.filter((one) => !allowed.has(JSON.stringify(one))).length;
  if (more > 0) found.push(`with ${more} more in its allow-list`);
  return found;
}

const conditionOf = ({ severity, category, rule, path }: ProjectPolicy['thresholds'][number]) =>
  JSON.stringify([severity, category, rule, path]);
