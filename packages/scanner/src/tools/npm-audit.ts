import { advisoryIds, dependencyFinding } from './advisories.ts';
import { severityOf } from './grades.ts';
import {
  entriesOf,
  type Fields,
  fieldsOf,
  hasFields,
  isFields,
  mostFindings,
  textIfAny,
  textOf,
  textsIfAny,
  UnreadableReport,
  within,
} from './json-shape.ts';
import { runsOnCopies } from './manifests.ts';
import type { Tool, ToolFinding } from './tool.ts';

/**
 * npm audit: known vulnerabilities of npm packages. It sends names and versions of the lock file to the user's registry.
 * Nothing is installed and no script runs. https://docs.npmjs.com/cli/commands/npm-audit
 */
export const npmAudit: Tool = {
  name: 'npm-audit',
  program: 'npm',
  versionArguments: ['--version'],
  install: 'install Node.js, which brings npm',
  doneCodes: [0, 1],
  plan: (work) =>
    runsOnCopies(work, /^(?:package-lock|npm-shrinkwrap)\.json$/, ['package.json'], () => [
      ...[
        'audit',
        '--json',
        '--package-lock-only',
        '--ignore-scripts',
        '--no-update-notifier',
        '--no-workspaces',
      ],
    ]),
  recognises: (report) =>
    (hasFields(report, 'vulnerabilities', 'metadata') && isFields(report.vulnerabilities)) ||
    hasFields(report, 'advisories', 'metadata'),
  read(report, manifest = 'package-lock.json') {
    const { vulnerabilities, advisories } = fieldsOf(report, 'the report');
    // npm 6 wrote the advisories themselves, as yarn still does.
    if (vulnerabilities === undefined && advisories !== undefined)
      return {
        findings: Object.entries(limited(advisories, 'advisories')).map(([id, one]) =>
          advisoryOf(fieldsOf(one, `advisories.${id}`), `advisories.${id}`, manifest),
        ),
      };
    const packages = Object.values(limited(vulnerabilities, 'vulnerabilities'));
    return { findings: packages.flatMap((one, i) => findingsOf(one, `vulnerabilities[${i}]`, manifest)) };
  },
};

function limited(value: unknown, where: string): Fields {
  const fields = fieldsOf(value, where);
  if (Object.keys(fields).length > mostFindings) throw new UnreadableReport(`${where} has too many entries`);
  return fields;
}

/** Those of the package itself: texts in `via` name packages that it depends on, which have entries of their own. */
function findingsOf(value: unknown, where: string, file: string): ToolFinding[] {
  const entry = fieldsOf(value, where);
  const fix = within(entry, 'fixAvailable', 'version');
  const fixedBy = within(entry, 'fixAvailable', 'name');
  return entriesOf(entry.via, `${where}.via`, 1000).flatMap((via, i) => {
    if (typeof via === 'string') return [];
    const at = `${where}.via[${i}]`;
    const advisory = fieldsOf(via, at);
    const name = textOf(advisory.name, `${at}.name`);
    const url = textIfAny(advisory.url, `${at}.url`);
    const ids = advisoryIds([url]);
    return [
      dependencyFinding({
        id: ids[0] ?? `npm-${String(typeof advisory.source === 'number' ? advisory.source : i)}`,
        ids,
        title: textIfAny(advisory.title, `${at}.title`),
        severity: severityOf(textOf(advisory.severity, `${at}.severity`), `${at}.severity`),
        name,
        fixedIn: fixedBy === name ? textIfAny(fix, `${where}.fixAvailable.version`) : undefined,
        weaknesses: textsIfAny(advisory.cwe, `${at}.cwe`),
        references: url === undefined ? [] : [url],
        file,
      }),
    ];
  });
}

/** An advisory as the older interface of the registry has it. */
export function advisoryOf(advisory: Fields, where: string, file: string): ToolFinding {
  const url = textIfAny(advisory.url, `${where}.url`);
  const cves = textsIfAny(advisory.cves, `${where}.cves`);
  const ids = advisoryIds([
    textIfAny(advisory.github_advisory_id, `${where}.github_advisory_id`),
    url,
    ...cves,
  ]);
  const found = Array.isArray(advisory.findings) ? within(advisory.findings[0], 'version') : undefined;
  return dependencyFinding({
    id:
      ids.find((id) => id.startsWith('GHSA-')) ??
      ids[0] ??
      `npm-${String(typeof advisory.id === 'number' ? advisory.id : 0)}`,
    ids,
    title: textIfAny(advisory.title, `${where}.title`),
    severity: severityOf(textOf(advisory.severity, `${where}.severity`), `${where}.severity`),
    name: textOf(advisory.module_name, `${where}.module_name`),
    version: textIfAny(found, `${where}.findings[0].version`),
    fixedIn: textIfAny(advisory.patched_versions, `${where}.patched_versions`),
    weaknesses: textsIfAny(advisory.cwe, `${where}.cwe`),
    references: url === undefined ? [] : [url],
    file,
  });
}
