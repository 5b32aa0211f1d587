import type { Severity } from '../../finding.ts';

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

const severityOf: Readonly<Record<string, Severity>> = {
  critical: 'critical',
  high: 'high',
  moderate: 'medium',
  medium: 'medium',
  low: 'low',
  info: 'low',
};

interface NpmVulnerability {
  readonly name?: unknown;
  readonly severity?: unknown;
  readonly via?: unknown;
  readonly fixAvailable?: unknown;
}

/**
 * The report of `npm audit --json` (auditReportVersion 2); undefined for anything else.
 * https://docs.npmjs.com/cli/v11/commands/npm-audit
 */
export function npmAdvisories(text: string, file: string): Advisory[] | undefined {
  const report = parsed(text) as { vulnerabilities?: unknown; auditReportVersion?: unknown } | undefined;
  if (typeof report?.vulnerabilities !== 'object' || report.vulnerabilities === null) return undefined;
  const found: Advisory[] = [];
  for (const [name, value] of Object.entries(report.vulnerabilities as Record<string, NpmVulnerability>)) {
    // A fix that is a new major version is none that can simply be taken.
    const hasFix = value.fixAvailable === true;
    const via = Array.isArray(value.via) ? (value.via as unknown[]) : [];
    for (const one of via) {
      // A text is the name of a package that has an entry of its own.
      if (typeof one !== 'object' || one === null) continue;
      const { url, title, severity } = one as Record<string, unknown>;
      found.push({
        package: name.slice(0, 214),
        severity: severityOf[String(severity)] ?? 'medium',
        id: idOf(String(url ?? '')),
        title: String(title ?? 'a known vulnerability').slice(0, 300),
        hasFix,
        file,
      });
    }
  }
  return found;
}

const idOf = (url: string) => /GHSA(?:-[\da-z]{4}){3}/.exec(url)?.[0] ?? url.slice(0, 200);

/** The report of `pip-audit --format json`; undefined for anything else. https://github.com/pypa/pip-audit */
export function pipAdvisories(text: string, file: string): Advisory[] | undefined {
  const report = parsed(text) as { dependencies?: unknown } | undefined;
  if (!Array.isArray(report?.dependencies)) return undefined;
  return report.dependencies.flatMap(({ name, vulns }: { name?: unknown; vulns?: unknown }) =>
    (Array.isArray(vulns) ? vulns : []).map(({ id, description, fix_versions }: Record<string, unknown>) => ({
      package: String(name).slice(0, 214),
      // The source of pip-audit tells no severity.
      severity: 'high' as const,
      id: String(id).slice(0, 200),
      title: String(description ?? 'a known vulnerability')
        .split('\n')[0]!
        .slice(0, 300),
      hasFix: Array.isArray(fix_versions) && fix_versions.length > 0,
      file,
    })),
  );
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
