import type { Severity } from '../../finding.ts';
import { UnreadableReport } from '../../tools/json-shape.ts';
import { npmAudit } from '../../tools/npm-audit.ts';
import { pipAudit } from '../../tools/pip-audit.ts';
import type { Dependency, Tool } from '../../tools/tool.ts';

/** A known vulnerability of a dependency. */
export interface Advisory {
  readonly package: string;
  readonly severity: Severity;
  /** Of the advisory: `GHSA-…`, `PYSEC-…`, or its address. */
  readonly id: string;
  readonly title: string;
  /** Whether a version without it can be taken within the range that is asked for. */
  readonly hasFix: boolean;
  /** The lock or requirement file. */
  readonly file: string;
}

/**
 * The report of `npm audit --json`; undefined for anything else.
 * https://docs.npmjs.com/cli/v11/commands/npm-audit
 */
export function npmAdvisories(text: string, file: string): Advisory[] | undefined {
  const report = parsed(text) as { vulnerabilities?: Record<string, { fixAvailable?: unknown }> } | undefined;
  if (report?.vulnerabilities === undefined) return undefined;
  const { vulnerabilities } = report;
  // A fix that is a new major version is none that can simply be taken: npm names it in place of `true`.
  return advisoriesOf(npmAudit, report, file, ({ name }) => vulnerabilities[name]?.fixAvailable === true);
}

/** The report of `pip-audit --format json`; undefined for anything else. https://github.com/pypa/pip-audit */
export function pipAdvisories(text: string, file: string): Advisory[] | undefined {
  return advisoriesOf(pipAudit, parsed(text), file, ({ fixedIn }) => fixedIn !== undefined);
}

function advisoriesOf(
  tool: Tool,
  report: unknown,
  file: string,
  hasFix: (dependency: Dependency) => boolean,
): Advisory[] | undefined {
  try {
    return tool.read(report, file).findings.map(({ rule, title, severity, dependency }) => ({
      package: dependency!.name.slice(0, 214),
      severity,
      id: rule.slice(0, 200),
      title: title.slice(0, 300),
      hasFix: hasFix(dependency!),
      file,
    }));
  } catch (error) {
    if (error instanceof UnreadableReport) return undefined;
    throw error;
  }
}

/** A direct dependency that is behind what its range allows. */
export interface Behind {
  readonly package: string;
  readonly current: string;
  readonly wanted: string;
}

/**
 * The report of `npm outdated --json`, with the versions of the lock file; undefined for anything else.
 * https://docs.npmjs.com/cli/v11/commands/npm-outdated
 */
export function npmBehind(text: string, lockText: string): { direct: number; behind: Behind[] } | undefined {
  const report = parsed(text === '' ? '{}' : text) as Record<string, { wanted?: unknown }> | undefined;
  const lock = parsed(lockText) as { packages?: Record<string, Record<string, unknown>> } | undefined;
  if (report === undefined || 'error' in report || lock?.packages === undefined) return undefined;
  const { dependencies = {}, devDependencies = {} } = (lock.packages[''] ?? {}) as Record<string, object>;
  const direct = Object.keys({ ...dependencies, ...devDependencies });
  const behind = direct.flatMap((name) => {
    const current = lock.packages![`node_modules/${name}`]?.version;
    const wanted = Object.hasOwn(report, name) ? report[name]!.wanted : undefined;
    if (typeof current !== 'string' || typeof wanted !== 'string' || current === wanted) return [];
    return [{ package: name, current, wanted }];
  });
  return { direct: direct.length, behind };
}

function parsed(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
