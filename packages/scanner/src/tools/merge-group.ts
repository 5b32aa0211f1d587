import type { LocatedFinding, ReportedFinding } from '../files/suppressions.ts';
import { isCertain } from '../finding.ts';
import { severityOrder } from '../reports/report.ts';
import type { Dependency } from './tool.ts';

/** The tool of a rule; undefined for the rules of this scanner. */
export function toolOf(ruleId: string): string | undefined {
  const slash = ruleId.indexOf('/');
  return slash === -1 ? undefined : ruleId.slice(0, slash);
}

/** The names of those who told of a finding, this scanner by its own. */
export function reportersOf({ ruleId, sameAs = [] }: Pick<ReportedFinding, 'ruleId' | 'sameAs'>): string[] {
  return [...new Set([ruleId, ...sameAs].map((rule) => toolOf(rule) ?? 'memhold'))].sort();
}

const confidences = ['high', 'medium', 'low'];

/** The gravest first, ours before another tool's; of two that differ in nothing else the order is arbitrary and fixed. */
function compare(a: LocatedFinding, b: LocatedFinding): number {
  const [x, y] = [a.finding, b.finding];
  return (
    severityOrder.indexOf(x.severity) - severityOrder.indexOf(y.severity) ||
    Number(toolOf(x.ruleId) !== undefined) - Number(toolOf(y.ruleId) !== undefined) ||
    Number(isCertain(y)) - Number(isCertain(x)) ||
    confidences.indexOf(x.confidence) - confidences.indexOf(y.confidence) ||
    compareTexts(x.ruleId, y.ruleId) ||
    x.line - y.line ||
    x.column - y.column ||
    compareTexts(JSON.stringify(a), JSON.stringify(b))
  );
}

const compareTexts = (a: string, b: string) => (a < b ? -1 : Number(a > b));

/**
 * One finding for a group that tells of the same. The gravest severity decides, with the best confidence that comes with
 * it, so that what many tell weighs no less than what one does; every reason is kept. What an accepted finding of the
 * gravest severity says of the weakness, it says of all of it.
 */
export function mergeGroup(group: readonly LocatedFinding[]): LocatedFinding {
  if (group.length === 1) return group[0]!;
  const sorted = [...group].sort(compare);
  const first = sorted[0]!;
  const gravest = sorted.filter(({ finding }) => finding.severity === first.finding.severity);
  const others = sorted.filter(({ finding }) => finding.ruleId !== first.finding.ruleId);
  const ruleIds = sorted.flatMap(({ finding }) => [finding.ruleId, ...(finding.sameAs ?? [])]);
  const sameAs = [...new Set(ruleIds)].filter((id) => id !== first.finding.ruleId).sort();
  const reasons = new Set(sorted.flatMap(({ finding }) => finding.reasons ?? []));
  for (const { finding } of others) reasons.add(`${finding.ruleId}: ${finding.severity}`);
  reasons.delete(`${first.finding.ruleId}: ${first.finding.severity}`);
  const located = sorted.find(({ finding }) => finding.scope === undefined) ?? first;
  const dependency = mergedDependency(sorted);
  const suppression = gravest.find((one) => one.suppression !== undefined)?.suppression;
  const { scope: _, ...finding } = first.finding;
  const { start, end, line, column, scope } = located.finding;
  return {
    place: first.place,
    finding: {
      ...finding,
      ...{ start, end, line, column },
      ...(scope !== undefined && { scope }),
      confidence: confidences.find((one) =>
        gravest.some(({ finding }) => finding.confidence === one),
      ) as 'high',
      validated: gravest.some((one) => one.finding.validated),
      preview: finding.preview || (sorted.find((one) => one.finding.preview !== '')?.finding.preview ?? ''),
      ...(sameAs.length > 0 && { sameAs }),
      ...(reasons.size > 0 && { reasons: [...reasons].sort() }),
      ...(dependency !== undefined && { dependency }),
    },
    ...(suppression !== undefined && { suppression }),
  };
}

function mergedDependency(sorted: readonly LocatedFinding[]): Dependency | undefined {
  const all = sorted.flatMap(({ finding }) => finding.dependency ?? []);
  const [first] = all;
  if (first === undefined) return undefined;
  const version = all.find((one) => one.version !== undefined)?.version;
  const fixedIn = all.find((one) => one.fixedIn !== undefined)?.fixedIn;
  return {
    name: first.name,
    advisories: [...new Set(all.flatMap(({ advisories }) => advisories))].sort(),
    ...(version !== undefined && { version }),
    ...(fixedIn !== undefined && { fixedIn }),
  };
}
