import { hash } from 'node:crypto';
import { isIncomplete, wordsOfSkip } from '../files/place.ts';
import type { LocatedFinding } from '../files/suppressions.ts';
import type { Severity } from '../finding.ts';
import { reportersOf } from '../tools/merge-group.ts';
import { jsonPieces, LazyList } from './json-pieces.ts';
import { markdownText } from './markup.ts';
import { Occurrences } from './occurrences.ts';
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

/**
 * What GitHub's code scanning takes of one run; it refuses the whole file where there is more, and shows the gravest
 * 5,000 (https://docs.github.com/code-security/code-scanning/troubleshooting-sarif-uploads/results-exceed-limit).
 */
const most = { results: 25_000, tags: 20, description: 1024 } as const;

/**
 * References of own rules may hold anything that browsers take for an address: as `helpUri` it would make the file
 * invalid, and in Markdown it could end its link.
 */
const webAddress =
  /^https?:\/\/[\w.-]+(?::\d+)?(?:[/?](?:[\w.~!$&'()*+,;=:@/?-]|%[\da-f]{2})*)?(?:#(?:[\w.~!$&'()*+,;=:@/?-]|%[\da-f]{2})*)?$/i;
/** A link that stands in a text is none (3.11.6). */
const plain = (text: string) => text.replaceAll('](', '\\](');

/**
 * The report as SARIF 2.1.0 (OASIS standard, 2020), in pieces. Suppressed findings are in it, marked as such. Of more than
 * 25,000 it has the gravest, and says how many are missing.
 */
export function sarifReport(report: Report): Iterable<string> {
  const titles = new Map<string, string>();
  for (const { finding } of resultsOf(report)) titles.set(finding.ruleId, finding.title);
  const ruleIds = [...titles.keys()].sort();
  const indexOf = new Map(ruleIds.map((id, index) => [id, index]));
  const weaknesses = new Set<string>();
  const rules = ruleIds.map((id) => {
    const { title, severity, remediation, mappings } = describeRule(id, titles.get(id)!);
    for (const weakness of mappings.cwe) weaknesses.add(weakness);
    const numbered = (textOf: (step: string) => string) =>
      remediation.steps.map((step, i) => `${i + 1}. ${textOf(step)}`).join('\n');
    const addresses = remediation.references.filter((one) => webAddress.test(one));
    return {
      id,
      name: id.replace(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
      shortDescription: { text: plain(title.slice(0, most.description)) },
      fullDescription: { text: plain(`${title}. ${remediation.steps[0] ?? ''}`.slice(0, most.description)) },
      help: {
        text: numbered(plain),
        markdown: [numbered(markdownText), ...addresses.map((url) => `- <${url}>`)].join('\n\n'),
      },
      ...(addresses[0] !== undefined && { helpUri: addresses[0] }),
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
        ].slice(0, most.tags),
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
        results: new LazyList(function* () {
          const occurrences = new Occurrences();
          for (const located of resultsOf(report))
            yield resultOf(located, indexOf.get(located.finding.ruleId)!, occurrences.next(located));
        }),
      },
    ],
  });
}

function* resultsOf({ findings, suppressed }: Report): Generator<LocatedFinding> {
  let count = 0;
  for (const list of [findings, suppressed]) {
    for (const located of list) {
      if (count++ === most.results) return;
      yield located;
    }
  }
}

function notifications({ skips, findings, suppressed }: Report): LazyList {
  const left = findings.length + suppressed.length - most.results;
  return new LazyList(function* () {
    if (left > 0)
      yield {
        level: 'warning',
        message: {
          text: `${left} findings are not in this file, none of them graver: it can hold ${most.results}.`,
        },
      };
    for (const { place, reason } of skips) {
      if (reason === 'ignored' || reason === 'binary') continue;
      yield {
        level: isIncomplete(reason) ? 'error' : 'note',
        message: { text: `Not scanned: ${wordsOfSkip(reason)}.` },
        locations: [{ physicalLocation: { artifactLocation: artifactOf(place.path) } }],
      };
    }
  });
}

function resultOf(located: LocatedFinding, ruleIndex: number, occurrence: number): object {
  const { finding, place, suppression } = located;
  return {
    ruleId: finding.ruleId,
    ruleIndex,
    level: levels[finding.severity],
    message: { text: plain(messageOf(located)) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: artifactOf(place.path),
          region: { startLine: finding.line, startColumn: finding.column },
        },
        ...packageOf(finding),
      },
    ],
    fingerprints: { 'memhold/v1': finding.fingerprint },
    // By the second GitHub tells alerts apart, and follows them when lines move.
    partialFingerprints: {
      'memhold/v1': finding.fingerprint,
      primaryLocationLineHash: `${hash('sha256', finding.fingerprint).slice(0, 16)}:${occurrence}`,
    },
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
      ...(finding.sameAs !== undefined && { same_as: finding.sameAs }),
      reported_by: reportersOf(finding),
    },
  };
}

/** The package that a finding is about (SARIF 2.1.0, section 3.33), by its name in its registry. */
function packageOf({ dependency }: LocatedFinding['finding']): object {
  if (dependency === undefined || dependency.name === '') return {};
  const { name, version } = dependency;
  const fullyQualifiedName = version === undefined ? name : `${name}@${version}`;
  return { logicalLocations: [{ name, fullyQualifiedName, kind: 'module' }] };
}

function messageOf(located: LocatedFinding): string {
  const { reasons } = located.finding;
  return reasons === undefined ? sentence(located) : `${sentence(located)} Weighed: ${reasons.join(', ')}.`;
}

/** A URI reference: each part of the path percent-encoded, absolute paths as file URIs. */
function artifactOf(path: string): object {
  const shown = withoutSecrets(path).toWellFormed();
  // A page of a running site.
  if (/^https?:\/\//i.test(shown) && URL.canParse(shown)) return { uri: new URL(shown).href };
  const parts = shown.replaceAll('\\', '/').split('/');
  const uri = parts.map(encodeURIComponent).join('/');
  if (uri.startsWith('/')) return { uri: `file://${uri}` };
  return { uri, uriBaseId: '%SRCROOT%' };
}
