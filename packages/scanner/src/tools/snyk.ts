import { advisoryIds, dependencyFinding } from './advisories.ts';
import { severityOf } from './grades.ts';
import {
  entriesOf,
  fieldsOf,
  hasFields,
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
 * snyk: known vulnerabilities of packages, by `snyk test` on lock files of npm and yarn, which it reads without running
 * anything of the tree; for other languages it would start their build tools. It sends the packages to Snyk, and gets
 * SNYK_TOKEN. https://docs.snyk.io/developer-tools/snyk-cli/commands/test
 */
export const snyk: Tool = {
  name: 'snyk',
  program: 'snyk',
  versionArguments: ['--version'],
  install: 'npm install --global snyk, and set SNYK_TOKEN',
  variables: ['SNYK_TOKEN', 'SNYK_API', 'SNYK_CFG_ORG', 'SNYK_OAUTH_TOKEN'],
  doneCodes: [0, 1],
  plan: (work) =>
    runsOnCopies(work, /^(?:package-lock\.json|yarn\.lock)$/, ['package.json'], (copy) => [
      ...['test', '--json', `--file=${copy.split(/[\\/]/).at(-1)}`],
    ]),
  recognises: (report) => {
    const first = Array.isArray(report) ? report[0] : report;
    return hasFields(first, 'vulnerabilities', 'ok') && Array.isArray(first.vulnerabilities);
  },
  read(report, manifest) {
    const projects = Array.isArray(report) ? entriesOf(report, 'the report', 1000) : [report];
    const findings = projects.flatMap((one, i) => findingsOf(one, `[${i}]`, manifest));
    if (findings.length > mostFindings) throw new UnreadableReport('it has too many vulnerabilities');
    return { findings };
  },
};

function findingsOf(value: unknown, where: string, manifest: string | undefined): ToolFinding[] {
  const project = fieldsOf(value, where);
  if (Object.hasOwn(project, 'error')) throw new UnreadableReport('it holds an error in place of a result');
  const file =
    manifest ?? textIfAny(project.displayTargetFile, `${where}.displayTargetFile`) ?? 'package.json';
  const found = new Map<string, ToolFinding>();
  const list = entriesOf(project.vulnerabilities, `${where}.vulnerabilities`, mostFindings);
  for (const [i, one] of list.entries()) {
    const at = `${where}.vulnerabilities[${i}]`;
    const entry = fieldsOf(one, at);
    // Licences are among them.
    if (entry.type === 'license') continue;
    const finding = findingOf(entry, at, file);
    // It repeats one for each way that leads to the package.
    found.set(`${finding.rule}\0${finding.dependency?.name}\0${finding.dependency?.version}`, finding);
  }
  return [...found.values()];
}

function findingOf(entry: Readonly<Record<string, unknown>>, where: string, file: string): ToolFinding {
  const id = textOf(entry.id, `${where}.id`);
  const told = (name: string) =>
    textsIfAny(within(entry, 'identifiers', name), `${where}.identifiers.${name}`);
  return dependencyFinding({
    id,
    ids: advisoryIds([id, ...told('CVE'), ...told('GHSA')]),
    title: textIfAny(entry.title, `${where}.title`),
    severity: severityOf(textOf(entry.severity, `${where}.severity`), `${where}.severity`),
    name: textIfAny(entry.packageName, `${where}.packageName`) ?? textOf(entry.name, `${where}.name`),
    version: textIfAny(entry.version, `${where}.version`),
    fixedIn: textsIfAny(entry.fixedIn, `${where}.fixedIn`).join(', '),
    weaknesses: told('CWE'),
    references: [`https://security.snyk.io/vuln/${encodeURIComponent(id)}`],
    file,
  });
}
