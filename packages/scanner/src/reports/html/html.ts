import { hash } from 'node:crypto';
import { isIncomplete, type SkipReason, wordsOfSkip } from '../../files/place.ts';
import { markupText } from '../markup.ts';
import { type Report, timestampOf } from '../report.ts';
import { tallyOf } from '../tally.ts';
import { toolWords } from '../text.ts';
import { verdictLine } from '../verdict-line.ts';
import { bars, ring } from './charts.ts';
import { complianceSection } from './compliance-section.ts';
import { findingsSection } from './findings-section.ts';
import { rulesSection } from './rules-section.ts';
import { script } from './script.ts';
import { style } from './style.ts';

const digest = (text: string) => `'sha256-${hash('sha256', text, 'base64')}'`;
/** Nothing but the one style and the one script of this page (CSP level 3, 6.7.3.3); nothing is loaded or sent. */
const policy = `default-src 'none'; style-src ${digest(style)}; script-src ${digest(script)}; base-uri 'none'; form-action 'none'`;
const mostFolders = 8;
const mostSkips = 500;

/** The report as one page that needs nothing else, in pieces. Without scripts it is all there, and does not filter. */
export function* htmlReport(report: Report): Generator<string> {
  const tally = tallyOf(report.findings);
  yield head(report);
  yield `<body>\n<a class="skip" href="#findings">To the findings</a>\n${masthead(report)}\n<main>\n`;
  yield '<section class="cards" aria-label="Summary">\n';
  yield ring(tally.bySeverity);
  yield bars('By category', tally.byCategory, tally.byCategory.length);
  yield bars('By folder', tally.byFolder, mostFolders);
  yield '</section>\n';
  if (!report.isComplete) yield* notScanned(report);
  yield* findingsSection(report, tally);
  yield* rulesSection(tally.byRule, tallyOf(report.suppressed).byRule);
  yield* complianceSection(report);
  if (report.isComplete) yield* notScanned(report);
  yield `</main>\n${foot(report)}\n<script>${script}</script>\n</body>\n</html>`;
}

function head({ project, tool }: Report): string {
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="referrer" content="no-referrer">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${markupText(project)} – ${markupText(tool.name)} scan</title>`,
    `<style>${style}</style>`,
    '</head>\n',
  ].join('\n');
}

function masthead(report: Report): string {
  const { project, veto, isComplete } = report;
  const verdict = veto?.decision ?? (isComplete ? 'ALLOW' : 'BLOCK');
  const facts = [
    ['Posture', veto?.posture ?? 'medium'],
    ['Files', `${report.scanned} of ${report.files} scanned`],
    ...(report.commits === undefined ? [] : [['Commits', String(report.commits)]]),
    ['Suppressed', String(report.suppressed.length)],
    ...(report.tools === undefined
      ? []
      : [['Other tools', report.tools.map(toolWords).join('; ') || 'none']]),
    ['Time', timestampOf(report).replace('T', ' ').replace('Z', ' UTC')],
  ];
  return [
    '<header>',
    '<p class="kind">Security scan</p>',
    `<h1>${markupText(project)}</h1>`,
    `<p class="verdict ${verdict.toLowerCase()}">${markupText(verdictLine(report))}</p>`,
    evidenceOf(report),
    `<dl class="facts">${facts.map(([name, value]) => `<div><dt>${name}</dt><dd>${markupText(value!)}</dd></div>`).join('')}</dl>`,
    '</header>',
  ].join('\n');
}

/** What of the project’s policy made the verdict stricter. */
function evidenceOf({ veto }: Report): string {
  const lines = veto?.evidence ?? [];
  if (lines.length === 0) return '';
  return `<ul class="evidence">${lines.map((line) => `<li>${markupText(line)}</li>`).join('')}</ul>`;
}

/** Where the scan did not look, what keeps it from being complete first. */
function* notScanned({ skips }: Report): Generator<string> {
  if (skips.length === 0) return;
  const missed = skips.filter(({ reason }) => isIncomplete(reason));
  const counts = new Map<SkipReason, number>();
  for (const { reason } of skips) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const summary = [...counts].map(([reason, count]) => `${count} ${wordsOfSkip(reason)}`).join('; ');
  yield `<section class="panel left-out${missed.length > 0 ? ' incomplete' : ''}" aria-labelledby="left-out">\n`;
  yield `<h2 id="left-out">${missed.length > 0 ? 'Not everything could be scanned' : 'Left out'}</h2>\n<p>${summary}.</p>\n`;
  yield `<details${missed.length > 0 && missed.length <= 20 ? ' open' : ''}><summary>${missed.length > 0 ? 'What is missing' : 'Which files'}</summary>\n<ul>\n`;
  const listed = missed.length > 0 ? missed : skips;
  for (const { place, reason } of listed.slice(0, mostSkips))
    yield `<li><code>${markupText(place.path)}</code> ${wordsOfSkip(reason)}</li>\n`;
  if (listed.length > mostSkips) yield `<li>… and ${listed.length - mostSkips} more</li>\n`;
  yield '</ul>\n</details>\n</section>\n';
}

function foot({ tool, scanId }: Report): string {
  return `<footer><p>${markupText(`${tool.name} ${tool.version}`)} · scan <code>${markupText(scanId)}</code></p><p>Values that were found are not in this page.</p></footer>`;
}
