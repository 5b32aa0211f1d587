import { advisoryIds, dependencyFinding } from './advisories.ts';
import {
  entriesOf,
  fieldsOf,
  hasFields,
  mostFindings,
  textIfAny,
  textOf,
  textsIfAny,
  within,
} from './json-shape.ts';
import { runsOnRequirements } from './manifests.ts';
import type { Tool, ToolFinding } from './tool.ts';

/**
 * pip-audit: known vulnerabilities of Python packages. It asks the Python package index about each package. Requirements
 * are taken as they are pinned (`--no-deps --disable-pip`): to resolve them pip would run code of the packages, and of
 * the tree where a line says `-e .`; a file with lines that are not pinned is refused, by pip-audit and so here.
 * https://github.com/pypa/pip-audit#readme
 */
export const pipAudit: Tool = {
  name: 'pip-audit',
  program: 'pip-audit',
  versionArguments: ['--version'],
  install: 'pip install pip-audit',
  doneCodes: [0, 1],
  plan: (work) =>
    runsOnRequirements(work, (copy) => [
      ...[
        '--format',
        'json',
        '--progress-spinner',
        'off',
        '--no-deps',
        '--disable-pip',
        '--requirement',
        copy,
      ],
    ]),
  recognises: (report) => hasFields(report, 'dependencies', 'fixes') && Array.isArray(report.dependencies),
  read(report, manifest = 'requirements.txt') {
    const packages = entriesOf(within(report, 'dependencies'), 'dependencies', mostFindings).map((one, i) =>
      fieldsOf(one, `dependencies[${i}]`),
    );
    return {
      findings: packages.flatMap((one, i) => findingsOf(one, `dependencies[${i}]`, manifest)),
      unread: packages
        .filter((one) => Object.hasOwn(one, 'skip_reason'))
        .map((one, i) => textOf(one.name, `dependencies[${i}].name`)),
    };
  },
};

function findingsOf(entry: Readonly<Record<string, unknown>>, where: string, file: string): ToolFinding[] {
  if (Object.hasOwn(entry, 'skip_reason')) return [];
  const name = textOf(entry.name, `${where}.name`);
  const version = textIfAny(entry.version, `${where}.version`);
  return entriesOf(entry.vulns, `${where}.vulns`, 10_000).map((value, i) => {
    const at = `${where}.vulns[${i}]`;
    const vulnerability = fieldsOf(value, at);
    const id = textOf(vulnerability.id, `${at}.id`);
    const ids = advisoryIds([id, ...textsIfAny(vulnerability.aliases, `${at}.aliases`)]);
    return dependencyFinding({
      id,
      ids,
      title: undefined,
      // It tells no severity: a vulnerable dependency is high until somebody has looked.
      severity: 'high',
      name,
      version,
      fixedIn: textsIfAny(vulnerability.fix_versions, `${at}.fix_versions`).join(', '),
      references: [`https://osv.dev/vulnerability/${encodeURIComponent(id)}`],
      file,
    });
  });
}
