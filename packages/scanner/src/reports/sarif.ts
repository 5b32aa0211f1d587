import { isIncomplete, wordsOfSkip } from '../files/place.ts';
import type { LocatedFinding } from '../files/suppressions.ts';
import type { Severity } from '../finding.ts';
import { jsonPieces, type LazyList, lazily } from './json-pieces.ts';
import { withoutSecrets } from './presentable.ts';
import { describeRule, findingId, type Report, sentence } from './report.ts';

const levels: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
};
/** Numbers on the scale of CVSS, by which code scanning services rank. */
const ranks: Readonly<Record<Severity, string>> = { critical: '9.5', high: '8.0', medium: '5.5', low: '2.0' };

/** The report as SARIF 2.1.0 (OASIS standard, 2020), in pieces. Suppressed findings are in it, marked as such. */
export function sarifReport(report: Report): Iterable<string> {
  const titles = new Map<string, string>();
  for (const { finding } of resultsOf(report)) titles.set(finding.ruleId, finding.title);
  const ruleIds = [...titles.keys()].sort();
  const indexOf = new Map(ruleIds.map((id, index) => [id, index]));
  const weaknesses = new Set<string>();
  const rules = ruleIds.map((id) => {
    const { title, severity, remediation, mappings } = describeRule(id, titles.get(id)!);
    for (const weakness of mappings.cwe) weaknesses.add(weakness);
    const steps = remediation.steps.map((step, i) => `${i + 1}. ${step}`).join('\n');
    return {
      id,
      name: id.replace(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
      shortDescription: { text: title },
      fullDescription: { text: `${title}. ${remediation.steps[0] ?? ''}` },
      help: {
        text: steps,
        markdown: [steps, ...remediation.references.map((url) => `- <${url}>`)].join('\n\n'),
      },
      ...(remediation.references[0] !== undefined && { helpUri: remediation.references[0] }),
      defaultConfiguration: { level: levels[severity] },
      relationships: mappings.cwe.map((weakness) => ({
        target: { id: weakness, toolComponent: { name: 'CWE' } },
        kinds: ['superset'],
      })),
      properties: {
        'security-severity': ranks[severity],
        tags: [
          'security',
          ...mappings.cwe.map((weakness) => `external/cwe/${weakness.toLowerCase()}`),
          ...mappings.owasp,
        ],
      },
    };
  });
  return jsonPieces({
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { ...report.tool, rules, supportedTaxonomies: [{ name: 'CWE' }] } },
        taxonomies: [
          {
            name: 'CWE',
            organization: 'MITRE',
            shortDescription: { text: 'Common Weakness Enumeration' },
            informationUri: 'https://cwe.mitre.org/',
            taxa: [...weaknesses].sort().map((id) => ({
              id,
              helpUri: `https://cwe.mitre.org/data/definitions/${id.replace('CWE-', '')}.html`,
            })),
          },
        ],
        automationDetails: { guid: report.scanId },
        columnKind: 'utf16CodeUnits',
        invocations: [
          {
            executionSuccessful: report.isComplete,
            exitCode: report.exitCode,
            endTimeUtc: report.time.toISOString(),
            toolExecutionNotifications: notifications(report),
          },
        ],
        results: lazily(resultsOf(report), (located) =>
          resultOf(located, indexOf.get(located.finding.ruleId)!),
        ),
      },
    ],
  });
}

function* resultsOf({ findings, suppressed }: Report): Generator<LocatedFinding> {
  yield* findings;
  yield* suppressed;
}

function notifications({ skips }: Report): LazyList {
  const told = skips.filter(({ reason }) => reason !== 'ignored' && reason !== 'binary');
  return lazily(told, ({ place, reason }) => ({
    level: isIncomplete(reason) ? 'error' : 'note',
    message: { text: `Not scanned: ${wordsOfSkip(reason)}.` },
    locations: [{ physicalLocation: { artifactLocation: artifactOf(place.path) } }],
  }));
}

function resultOf(located: LocatedFinding, ruleIndex: number): object {
  const { finding, place, suppression } = located;
  return {
    ruleId: finding.ruleId,
    ruleIndex,
    level: levels[finding.severity],
    message: { text: messageOf(located) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: artifactOf(place.path),
          region: { startLine: finding.line, startColumn: finding.column },
        },
      },
    ],
    fingerprints: { 'memhold/v1': finding.fingerprint },
    partialFingerprints: { 'memhold/v1': finding.fingerprint },
    ...(suppression !== undefined && {
      suppressions: [
        {
          kind: suppression.by === 'comment' ? 'inSource' : 'external',
          status: 'accepted',
          justification: withoutSecrets(suppression.reason),
        },
      ],
    }),
    properties: {
      id: findingId(located),
      category: finding.category,
      severity: finding.severity,
      confidence: finding.confidence,
      validated: finding.validated,
      ...(finding.reasons !== undefined && { reasons: finding.reasons }),
      ...(place.commit !== undefined && { commit: place.commit }),
    },
  };
}

function messageOf(located: LocatedFinding): string {
  const { reasons } = located.finding;
  return reasons === undefined ? sentence(located) : `${sentence(located)} Weighed: ${reasons.join(', ')}.`;
}

/** A URI reference: each part of the path percent-encoded, absolute paths as file URIs. */
function artifactOf(path: string): object {
  const parts = withoutSecrets(path).toWellFormed().replaceAll('\\', '/').split('/');
  const uri = parts.map(encodeURIComponent).join('/');
  if (uri.startsWith('/')) return { uri: `file://${uri}` };
  return { uri, uriBaseId: '%SRCROOT%' };
}
