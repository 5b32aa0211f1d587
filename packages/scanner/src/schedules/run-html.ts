import { createHash } from 'node:crypto';
import { severityOrder } from '../reports/report.ts';
import { runSummary } from './run-markdown.ts';
import type { RunReport } from './run-result.ts';
import { type Entry, type Point, totalOf } from './trend.ts';

const style = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{max-width:56rem;margin:2rem auto;padding:0 1rem;overflow-wrap:anywhere}
h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}
svg{width:100%;height:auto}text{fill:currentColor;font-size:11px}@media(max-width:40rem){text{font-size:18px}}
li{margin:.25rem 0}b{font-weight:600}.failed{border-left:4px solid #d33;padding-left:.75rem}
.critical{color:#a21caf}.high{color:#dc2626}.medium{color:#d97706}.low{color:#64748b}`;
const hash = createHash('sha256').update(style).digest('base64');
/** Readable on light and dark grounds alike. */
const colours = { critical: '#a21caf', high: '#dc2626', medium: '#d97706', low: '#64748b' } as const;
const most = 500;

/** Everything that means something in HTML; apostrophes too, for attributes. */
const html = (text: string) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** A page in one file, without scripts: a chart over time, what is new, what is fixed, what is open. */
export function runHtml(report: RunReport): string {
  const { schedule, project, time, problems, trend, chapters, entries, outcome } = report;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${hash}'">
<title>${html(schedule)}: ${html(project)}</title>
<style>${style}</style>
</head>
<body>
<h1>${html(schedule)}: ${html(project)}</h1>
<p class="${outcome}">${html(time)}. ${html(runSummary(report))}</p>
${list('What could not be seen', problems.map(html))}<h2>Over time</h2>
${chart(trend.history)}
${list(`New (${trend.added.length})`, trend.added.map(entry))}${list(`Fixed (${trend.fixed.length})`, trend.fixed.map(entry))}${list(`All (${entries.length})`, entries.map(entry))}${chapters.map(({ title, lines }) => list(title, lines.map(html))).join('')}</body>
</html>
`;
}

const entry = ({ severity, title, where }: Entry) =>
  `<b>${html(severity)}</b> ${html(title)}: <code>${html(where)}</code>`;

function list(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  const more = lines.length > most ? `<li>and ${lines.length - most} more</li>` : '';
  const items = lines.slice(0, most).map((line) => `<li>${line}</li>`);
  return `<h2>${html(title)}</h2>\n<ul>${items.join('')}${more}</ul>\n`;
}

const size = { width: 640, height: 180, left: 36, bottom: 24, top: 8 };

/** A column for each run, with a piece for each severity. */
function chart(history: readonly Point[]): string {
  const totals = history.map(({ counts }) => totalOf(counts));
  const top = Math.max(1, ...totals);
  const step = (size.width - size.left) / Math.max(12, history.length);
  const ground = size.height - size.bottom;
  const scale = (ground - size.top) / top;
  const columns = history.map(({ time, counts }, i) => {
    let y = ground;
    const pieces = [...severityOrder].reverse().map((severity) => {
      const height = counts[severity] * scale;
      y -= height;
      const place = `x="${round(size.left + i * step + 1)}" y="${round(y)}" width="${round(step - 2)}"`;
      return height === 0
        ? ''
        : `<rect ${place} height="${round(height)}" fill="${colours[severity]}"><title>${html(time)}: ${counts[severity]} ${severity}</title></rect>`;
    });
    return pieces.join('');
  });
  const first = history[0]?.time.slice(0, 10) ?? '';
  const end = history.at(-1)?.time.slice(0, 10) ?? '';
  // Of a single day, or where there is no room, one date is enough.
  const last =
    end === first || history.length < 5
      ? ''
      : `<text x="${round(size.left + history.length * step)}" y="${size.height - 6}" text-anchor="end">${html(end)}</text>`;
  const label = `Findings of ${history.length} runs, ${totals.at(-1) ?? 0} in the last one`;
  return `<svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${html(label)}">
<line x1="${size.left}" y1="${ground}" x2="${size.width}" y2="${ground}" stroke="currentColor"/>
<text x="0" y="${size.top + 8}">${top}</text><text x="0" y="${ground}">0</text>
<text x="${size.left}" y="${size.height - 6}">${html(first)}</text>
${last}
${columns.join('')}
</svg>
<p>${severityOrder.map((severity) => `<span class="${severity}">■</span> ${severity}`).join(' · ')}</p>`;
}

const round = (value: number) => Math.round(value * 100) / 100;
