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
  const report = parsed(text);
  const vulnerabilities = fieldOf(report, 'vulnerabilities');
  if (vulnerabilities === undefined) return undefined;
  // A fix that is a new major version is none that can simply be taken: npm names it in place of `true`.
  return advisoriesOf(
    npmAudit,
    report,
    file,
    ({ name }) => fieldOf(fieldOf(vulnerabilities, name), 'fixAvailable') === true,
  );
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
  const report = parsed(text === '' ? '{}' : text);
  const packages = fieldOf(parsed(lockText), 'packages');
  if (report === undefined || Object.hasOwn(report, 'error') || packages === undefined) return undefined;
  const root = fieldOf(packages, '');
  const direct = ['dependencies', 'devDependencies'].flatMap((kind) =>
    Object.keys(fieldOf(root, kind) ?? {}),
  );
  const behind = direct.flatMap((name) => {
    const current = fieldOf(fieldOf(packages, `node_modules/${name}`), 'version');
    const wanted = fieldOf(fieldOf(report, name), 'wanted');
    if (typeof current !== 'string' || typeof wanted !== 'string' || current === wanted) return [];
    return [{ package: name, current, wanted }];
  });
  return { direct: direct.length, behind };
}

/** A field of what may be anything. */
function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}

function parsed(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
