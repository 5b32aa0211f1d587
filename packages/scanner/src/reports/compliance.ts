import type { LocatedFinding } from '../files/suppressions.ts';
import type { Mappings } from '../rule.ts';
import { type Framework, frameworks } from './controls.ts';
import { describeRule, type FindingList, findingId } from './report.ts';

/** A control that findings touch. */
export interface TouchedControl {
  readonly id: string;
  /** Undefined of a control that the catalogue here does not have. */
  readonly title: string | undefined;
  /** Findings that touch it. */
  readonly count: number;
  /** Their rules. */
  readonly ruleIds: ReadonlySet<string>;
}

export interface TouchedFramework extends Framework {
  /** Those with most findings first. */
  readonly controls: readonly TouchedControl[];
}

/** Which controls of which frameworks the findings touch; every framework is there, also without any. */
export function complianceOf(findings: FindingList): TouchedFramework[] {
  const counts = new Map<string, { mappings: Mappings; count: number }>();
  for (const { finding } of findings) {
    const known = counts.get(finding.ruleId);
    if (known !== undefined) known.count++;
    else {
      const { mappings } = describeRule(finding.ruleId, finding.title);
      counts.set(finding.ruleId, { mappings, count: 1 });
    }
  }
  return frameworks.map((framework) => ({ ...framework, controls: controlsOf(framework, counts) }));
}

function controlsOf(
  { key, titles }: Framework,
  counts: ReadonlyMap<string, { mappings: Mappings; count: number }>,
): TouchedControl[] {
  const touched = new Map<string, { count: number; ruleIds: Set<string> }>();
  for (const [ruleId, { mappings, count }] of counts) {
    for (const id of new Set(mappings[key])) {
      const control = touched.get(id) ?? { count: 0, ruleIds: new Set() };
      control.count += count;
      control.ruleIds.add(ruleId);
      touched.set(id, control);
    }
  }
  return [...touched]
    .map(([id, control]) => ({ id, title: Object.hasOwn(titles, id) ? titles[id] : undefined, ...control }))
    .sort((a, b) => b.count - a.count || (a.id < b.id ? -1 : 1));
}

/** Ids of the findings that touch a control, the most severe first, and no more of them than are asked for. */
export function* idsTouching(
  { ruleIds }: TouchedControl,
  findings: Iterable<LocatedFinding>,
  most: number,
): Generator<string> {
  let left = most;
  for (const located of findings) {
    if (!ruleIds.has(located.finding.ruleId)) continue;
    yield findingId(located);
    if (--left === 0) return;
  }
}
