import { pathMatcher } from '../files/configuration.ts';
import type { LocatedFinding } from '../files/suppressions.ts';
import { isGraver, type Severity } from '../finding.ts';
import { decidingSeverity } from '../push/decision.ts';
import { type Demand, type DemandOf, isStricter } from './outcome.ts';
import type { NamedThreshold, ProjectPolicy } from './project-policy.ts';

/**
 * What the thresholds of a project ask for.
 * @param pathsOf every path at which a finding lies: it is enough that one of them is meant
 */
export function demandsOf(
  { thresholds }: Pick<ProjectPolicy, 'thresholds'>,
  pathsOf: (one: LocatedFinding) => readonly string[] = ({ place }) => [place.path],
): DemandOf {
  const conditions = thresholds.map(conditionOf);
  return (one) => {
    let strictest: Demand | undefined;
    conditions.forEach((holds, i) => {
      const { outcome, because } = thresholds[i]!;
      if (strictest !== undefined && !isStricter(outcome, strictest.outcome)) return;
      if (holds(one, pathsOf)) strictest = { outcome, because };
    });
    return strictest;
  };
}

type Condition = (one: LocatedFinding, pathsOf: (one: LocatedFinding) => readonly string[]) => boolean;

function conditionOf({ severity, category, rule, path }: NamedThreshold): Condition {
  const matches = path === undefined ? undefined : pathMatcher(path);
  return (one, pathsOf) =>
    (severity === undefined || isAtLeast(decidingSeverity(one), severity)) &&
    (category === undefined || one.finding.category === category) &&
    (rule === undefined || one.finding.ruleId === rule) &&
    (matches === undefined || pathsOf(one).some(matches));
}

const isAtLeast = (severity: Severity, least: Severity) => severity === least || isGraver(severity, least);
