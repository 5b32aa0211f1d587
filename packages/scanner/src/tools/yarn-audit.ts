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
import { advisoryOf } from './npm-audit.ts';
import type { Tool, ToolFinding } from './tool.ts';

/**
 * yarn audit: known vulnerabilities of the packages of a yarn.lock. It sends their names and versions to the user's
 * registry. Run: yarn 1, whose exit code is a mask of severities (https://classic.yarnpkg.com/en/docs/cli/audit). Read:
 * also what `yarn npm audit --json` of later ones writes, who would start a yarn that the tree brings.
 */
export const yarnAudit: Tool = {
  name: 'yarn-audit',
  program: 'yarn',
  versionArguments: ['--version'],
  install: 'npm install --global yarn',
  doneCodes: Array.from({ length: 32 }, (_, code) => code),
  plan: (work) =>
    runsOnCopies(work, /^yarn\.lock$/, ['package.json'], () => ['audit', '--json', '--no-default-rc']),
  // Lines of JSON; one line alone is one too.
  parse: (text) =>
    text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => JSON.parse(line) as unknown),
  recognises: (report) =>
    Array.isArray(report) &&
    report.some((one) => hasFields(one, 'type', 'data') || hasFields(one, 'value', 'children')),
  read(report, manifest = 'yarn.lock') {
    const lines = entriesOf(report, 'the report').map((one, i) => fieldsOf(one, `line ${i + 1}`));
    // The later yarn ends without a summary; the first one always writes it.
    const isClassic = lines.some((line) => Object.hasOwn(line, 'type'));
    if (isClassic && !lines.some(({ type }) => type === 'auditSummary'))
      throw new UnreadableReport('there is no summary at its end: it broke off');
    const advisories = new Map<string, ToolFinding>();
    for (const [i, line] of lines.entries()) {
      const finding = isClassic
        ? findingOfLine(line, `line ${i + 1}`, manifest)
        : findingOfNode(line, `line ${i + 1}`, manifest);
      // The first yarn repeats an advisory for each way that leads to the package.
      if (finding !== undefined) advisories.set(`${finding.rule}\0${finding.dependency?.name}`, finding);
      if (advisories.size > mostFindings) throw new UnreadableReport('it has too many advisories');
    }
    return { findings: [...advisories.values()] };
  },
};

function findingOfLine(
  line: Readonly<Record<string, unknown>>,
  where: string,
  file: string,
): ToolFinding | undefined {
  if (line.type !== 'auditAdvisory') return undefined;
  return advisoryOf(fieldsOf(within(line, 'data', 'advisory'), `${where}.data.advisory`), where, file);
}

function findingOfNode(
  line: Readonly<Record<string, unknown>>,
  where: string,
  file: string,
): ToolFinding | undefined {
  const node = fieldsOf(line.children, `${where}.children`);
  // Deprecations stand among them, and are no vulnerabilities: their id is a text.
  if (typeof node.ID === 'string' && /deprecat/i.test(node.ID)) return undefined;
  const url = textIfAny(node.URL, `${where}.URL`);
  const ids = advisoryIds([url]);
  return dependencyFinding({
    id: ids[0] ?? `npm-${String(typeof node.ID === 'number' ? node.ID : where)}`,
    ids,
    title: textIfAny(node.Issue, `${where}.Issue`),
    severity: severityOf(textOf(node.Severity, `${where}.Severity`), `${where}.Severity`),
    name: textOf(line.value, `${where}.value`),
    version: textsIfAny(node['Tree Versions'], `${where}.Tree Versions`)[0],
    references: url === undefined ? [] : [url],
    file,
  });
}
