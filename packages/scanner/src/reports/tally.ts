import type { Severity } from '../finding.ts';
import { categoryName, type FindingList, severityOrder } from './report.ts';

/** Numbers about findings, gathered in one walk. */
export interface Tally {
  readonly bySeverity: Readonly<Record<Severity, number>>;
  /** The names as reports have them, most findings first; so the others. */
  readonly byCategory: readonly Count[];
  readonly byFolder: readonly Count[];
  readonly byRule: readonly RuleCount[];
}

export interface Count {
  readonly name: string;
  readonly count: number;
  /** The same findings by severity. */
  readonly bySeverity: Readonly<Record<Severity, number>>;
}

/** `name` is the id of the rule. */
export interface RuleCount extends Count {
  readonly title: string;
}

export function tallyOf(findings: FindingList): Tally {
  const [all, categories, folders, rules] = [noneYet(), new Counter(), new Counter(), new Counter()];
  const titles = new Map<string, string>();
  for (const { finding, place } of findings) {
    all[finding.severity]++;
    categories.add(categoryName(finding.category), finding.severity);
    folders.add(folderOf(place.path), finding.severity);
    rules.add(finding.ruleId, finding.severity);
    titles.set(finding.ruleId, finding.title);
  }
  return {
    bySeverity: all,
    byCategory: categories.list(),
    byFolder: folders.list(),
    byRule: rules.list().map((one) => ({ ...one, title: titles.get(one.name)! })),
  };
}

/** The outermost folder or two of a path, `.` at the top. */
export function folderOf(path: string): string {
  const parts = path.split('/');
  const depth = parts[0] === '' ? 3 : 2;
  return parts.slice(0, Math.min(depth, parts.length - 1)).join('/') || '.';
}

const noneYet = (): Record<Severity, number> => ({ critical: 0, high: 0, medium: 0, low: 0 });

class Counter {
  readonly #counts = new Map<string, Record<Severity, number>>();

  add(name: string, severity: Severity): void {
    const counts = this.#counts.get(name) ?? noneYet();
    counts[severity]++;
    this.#counts.set(name, counts);
  }

  list(): Count[] {
    return [...this.#counts]
      .map(([name, bySeverity]) => ({
        name,
        bySeverity,
        count: severityOrder.reduce((sum, severity) => sum + bySeverity[severity], 0),
      }))
      .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
  }
}
