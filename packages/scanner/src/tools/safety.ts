import { advisoryIds, dependencyFinding } from './advisories.ts';
import { severityOf, severityOfScore } from './grades.ts';
import {
  entriesOf,
  fieldsOf,
  hasFields,
  mostFindings,
  numberIfAny,
  textIfAny,
  textOf,
  textsIfAny,
  within,
} from './json-shape.ts';
import { runsOnRequirements } from './manifests.ts';
import type { Tool, ToolFinding } from './tool.ts';

/**
 * safety: known vulnerabilities of Python packages, by `safety check`, which needs no account. It fetches its database,
 * and gets SAFETY_API_KEY for the full one. Exit code 64 means vulnerabilities.
 * https://docs.safetycli.com/safety-docs/output/json-output
 */
export const safety: Tool = {
  name: 'safety',
  program: 'safety',
  versionArguments: ['--version'],
  install: 'pip install safety',
  variables: ['SAFETY_API_KEY'],
  doneCodes: [0, 64],
  plan: (work) => runsOnRequirements(work, (copy) => ['check', '--output', 'json', '--file', copy]),
  // Deprecation notices stand around the report.
  parse: (text) => JSON.parse(text.slice(Math.max(0, text.search(/^\{/m)), text.lastIndexOf('}') + 1)),
  recognises: (report) => hasFields(report, 'report_meta', 'vulnerabilities', 'scanned_packages'),
  read(report, manifest = 'requirements.txt') {
    const list = entriesOf(within(report, 'vulnerabilities'), 'vulnerabilities', mostFindings);
    return { findings: list.map((one, i) => findingOf(one, `vulnerabilities[${i}]`, manifest)) };
  },
};

function findingOf(value: unknown, where: string, file: string): ToolFinding {
  const entry = fieldsOf(value, where);
  const id = textOf(entry.vulnerability_id, `${where}.vulnerability_id`);
  const score = numberIfAny(
    within(entry, 'severity', 'cvssv3', 'base_score'),
    `${where}.severity.cvssv3.base_score`,
  );
  const word = textIfAny(
    within(entry, 'severity', 'cvssv3', 'base_severity'),
    `${where}.severity.cvssv3.base_severity`,
  );
  const url = textIfAny(entry.more_info_url, `${where}.more_info_url`);
  return dependencyFinding({
    id: `safety-${id}`,
    ids: advisoryIds([textIfAny(entry.CVE, `${where}.CVE`)]),
    title: undefined,
    severity:
      word !== undefined
        ? severityOf(word, `${where}.severity`)
        : score !== undefined
          ? severityOfScore(score)
          : 'high',
    name: textOf(entry.package_name, `${where}.package_name`),
    version: textIfAny(entry.analyzed_version, `${where}.analyzed_version`),
    fixedIn: textsIfAny(entry.fixed_versions, `${where}.fixed_versions`).join(', '),
    references: url === undefined ? [] : [url],
    file,
  });
}
