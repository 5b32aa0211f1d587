import type { Severity } from '../../finding.ts';
import { markupText } from '../markup.ts';
import { severityOrder } from '../report.ts';
import type { Count } from '../tally.ts';

type Counts = Readonly<Record<Severity, number>>;

const radius = 42;
const circumference = 2 * Math.PI * radius;

/** Findings by severity, as a ring with their sum inside and a legend beside it. */
export function ring(counts: Counts): string {
  const all = severityOrder.reduce((sum, severity) => sum + counts[severity], 0);
  let before = 0;
  const arcs = severityOrder
    .filter((severity) => counts[severity] > 0)
    .map((severity) => {
      const length = (counts[severity] / all) * circumference;
      const arc = `<circle class="${severity}" cx="60" cy="60" r="${radius}" stroke-dasharray="${round(length)} ${round(circumference - length)}" stroke-dashoffset="${round(-before)}"/>`;
      before += length;
      return arc;
    });
  const legend = severityOrder.map(
    (severity) =>
      `<li class="${severity}"><span class="name">${severity}</span><span class="count">${counts[severity]}</span></li>`,
  );
  return [
    '<div class="card severities">',
    '<h2>By severity</h2>',
    '<div class="ring">',
    `<svg viewBox="0 0 120 120" role="img" aria-label="${all} findings: ${spoken(counts)}">`,
    `<circle class="track" cx="60" cy="60" r="${radius}"/>${arcs.join('')}`,
    `<text x="60" y="59" class="sum">${all}</text><text x="60" y="76" class="unit">${all === 1 ? 'finding' : 'findings'}</text>`,
    '</svg>',
    `<ul class="legend">${legend.join('')}</ul>`,
    '</div>',
    '</div>\n',
  ].join('\n');
}

/** Findings by something else: a bar for each, of the shares of the severities, the longest first. */
export function bars(title: string, counts: readonly Count[], most: number): string {
  const longest = counts[0]?.count ?? 0;
  const shown = counts.slice(0, most).map(({ name, count, bySeverity }) => {
    let x = 0;
    const parts = severityOrder
      .filter((severity) => bySeverity[severity] > 0)
      .map((severity) => {
        const width = (bySeverity[severity] / longest) * 100;
        const part = `<rect class="${severity}" x="${round(x)}%" width="${round(width)}%" height="10"/>`;
        x += width;
        return part;
      });
    const label = `${markupText(name)}: ${spoken(bySeverity)}`;
    return `<li><span class="name" title="${markupText(name)}">${markupText(name)}</span><span class="count">${count}</span><svg class="bar" width="100%" height="10" role="img" aria-label="${label}">${parts.join('')}</svg></li>`;
  });
  const left = counts.length - shown.length;
  return [
    '<div class="card">',
    `<h2>${title}</h2>`,
    counts.length === 0
      ? '<p class="none">Nothing was found.</p>'
      : `<ul class="bars">${shown.join('\n')}</ul>`,
    left > 0 ? `<p class="none">and ${left} more</p>` : '',
    '</div>\n',
  ].join('\n');
}

const spoken = (counts: Counts) =>
  severityOrder
    .filter((severity) => counts[severity] > 0)
    .map((severity) => `${counts[severity]} ${severity}`)
    .join(', ') || 'none';
const round = (number: number) => Number(number.toFixed(3));
