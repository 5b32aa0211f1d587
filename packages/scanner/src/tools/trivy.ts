import { advisoryIds, dependencyFinding } from './advisories.ts';
import { severityOf } from './grades.ts';
import {
  countIfAny,
  entriesIfAny,
  type Fields,
  fieldsOf,
  hasFields,
  mostFindings,
  textIfAny,
  textOf,
  textsIfAny,
  UnreadableReport,
  within,
} from './json-shape.ts';
import type { Tool, ToolFinding } from './tool.ts';
import { categoryOf, mappingsIn } from './weaknesses.ts';

/**
 * trivy: vulnerable packages, misconfiguration and secrets, by `trivy fs`. It fetches its databases and sends nothing of
 * the tree. It runs in an empty folder, so that no `trivy.yaml` and no `.trivyignore` of the tree is read.
 * https://trivy.dev/latest/docs/configuration/reporting/#json
 */
export const trivy: Tool = {
  name: 'trivy',
  program: 'trivy',
  versionArguments: ['--version'],
  install: 'see https://trivy.dev/latest/getting-started/installation/',
  variables: ['TRIVY_CACHE_DIR', 'TRIVY_DB_REPOSITORY', 'TRIVY_CHECKS_BUNDLE_REPOSITORY'],
  doneCodes: [0],
  plan: ({ paths, files, scratch }) =>
    files.length === 0
      ? []
      : paths.map((path) => ({
          args: [
            'fs',
            '--format',
            'json',
            '--quiet',
            // Else it asks Maven's repositories about what a pom.xml names.
            '--offline-scan',
            '--exit-code',
            '0',
            '--scanners',
            'vuln,misconfig,secret',
            '--',
            path,
          ],
          folder: scratch,
          base: path,
        })),
  recognises: (report) => hasFields(report, 'SchemaVersion', 'ArtifactName'),
  read(report) {
    const { SchemaVersion: version, Results: results } = fieldsOf(report, 'the report');
    if (version !== 2) throw new UnreadableReport('it is of a version of the format that is not known');
    const findings = entriesIfAny(results, 'Results', 10_000).flatMap((one, i) =>
      findingsOf(one, `Results[${i}]`),
    );
    if (findings.length > mostFindings) throw new UnreadableReport('it has too many results');
    return { findings };
  },
};

function findingsOf(value: unknown, where: string): ToolFinding[] {
  const result = fieldsOf(value, where);
  const file = textOf(result.Target, `${where}.Target`);
  const each = (name: string, read: (entry: Fields, at: string) => ToolFinding | undefined) =>
    entriesIfAny(result[name], `${where}.${name}`, mostFindings).flatMap((one, i) => {
      const at = `${where}.${name}[${i}]`;
      return read(fieldsOf(one, at), at) ?? [];
    });
  return [
    ...each('Vulnerabilities', (entry, at) => vulnerability(entry, at, file)),
    ...each('Misconfigurations', (entry, at) => misconfiguration(entry, at, file)),
    ...each('Secrets', (entry, at) => secret(entry, at, file)),
  ];
}

function vulnerability(entry: Fields, where: string, target: string): ToolFinding {
  const id = textOf(entry.VulnerabilityID, `${where}.VulnerabilityID`);
  const references = textsIfAny(entry.References, `${where}.References`);
  const url = textIfAny(entry.PrimaryURL, `${where}.PrimaryURL`);
  // Other names of the advisory stand only in the addresses of those who wrote about it.
  const aliases = references.filter((one) => /^https:\/\/github\.com\/advisories\/GHSA-[\w-]+$/.test(one));
  return dependencyFinding({
    id,
    ids: advisoryIds([id, ...(aliases.length === 1 ? aliases : [])]),
    title: textIfAny(entry.Title, `${where}.Title`),
    severity: severityOf(textIfAny(entry.Severity, `${where}.Severity`) ?? 'unknown', `${where}.Severity`),
    name: textOf(entry.PkgName, `${where}.PkgName`),
    version: textIfAny(entry.InstalledVersion, `${where}.InstalledVersion`),
    fixedIn: textIfAny(entry.FixedVersion, `${where}.FixedVersion`),
    weaknesses: textsIfAny(entry.CweIDs, `${where}.CweIDs`),
    references: url === undefined ? references.slice(0, 1) : [url],
    file: target,
  });
}

function misconfiguration(entry: Fields, where: string, file: string): ToolFinding | undefined {
  if (entry.Status !== undefined && entry.Status !== 'FAIL') return undefined;
  const rule = textIfAny(entry.ID, `${where}.ID`) ?? textOf(entry.AVDID, `${where}.AVDID`);
  const url = textIfAny(entry.PrimaryURL, `${where}.PrimaryURL`);
  const resolution = textIfAny(entry.Resolution, `${where}.Resolution`);
  const kind = categoryOf(file, []);
  return {
    rule,
    title: textOf(entry.Title, `${where}.Title`),
    category: kind === 'dockerfile' ? kind : 'configuration',
    severity: severityOf(textOf(entry.Severity, `${where}.Severity`), `${where}.Severity`),
    confidence: 'medium',
    file,
    line: lineIn(within(entry, 'CauseMetadata', 'StartLine'), `${where}.CauseMetadata.StartLine`),
    endLine: lineIn(within(entry, 'CauseMetadata', 'EndLine'), `${where}.CauseMetadata.EndLine`),
    mappings: { cwe: [], owasp: ['A05:2021'] },
    remediation: {
      steps: [resolution ?? 'Change the setting as the page of the rule shows.'],
      references: url === undefined ? [] : [url],
    },
  };
}

/** Their `Match` and `Code` are masked, and not taken over all the same. */
function secret(entry: Fields, where: string, file: string): ToolFinding {
  return {
    rule: textOf(entry.RuleID, `${where}.RuleID`),
    title: textOf(entry.Title, `${where}.Title`),
    category: 'secret',
    severity: severityOf(textOf(entry.Severity, `${where}.Severity`), `${where}.Severity`),
    confidence: 'medium',
    file,
    line: lineIn(entry.StartLine, `${where}.StartLine`),
    endLine: lineIn(entry.EndLine, `${where}.EndLine`),
    mappings: mappingsIn(['CWE-798']),
    remediation: {
      steps: ['Revoke the credential where it was issued, and take it out of the text and its history.'],
      references: [],
    },
  };
}

/** It writes 0 for a line that it does not know. */
function lineIn(value: unknown, where: string): number | undefined {
  const line = countIfAny(value, where);
  return line === 0 ? undefined : line;
}
