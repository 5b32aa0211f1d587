import { markdownText } from '../reports/markup.ts';
import { printable } from '../reports/presentable.ts';
import type { Check, Status } from './check.ts';
import type { Checklist, ItemOutcome } from './evaluate.ts';
import { sections } from './items.ts';

const words: Readonly<Record<Status, string>> = {
  pass: 'pass',
  fail: 'FAIL',
  unknown: 'unknown',
  'not-applicable': 'n/a',
};
const colourOf: Readonly<Record<Status, string>> = {
  pass: '32',
  fail: '31;1',
  unknown: '33',
  'not-applicable': '2',
};

/** Of what passed a line; of the rest also how it was looked at, what was seen and what to do. */
export function checklistText(list: Checklist, colours: boolean): string {
  const paint = (status: Status) => {
    const word = words[status].padEnd(8);
    return colours ? `\u001b[${colourOf[status]}m${word}\u001b[0m` : word;
  };
  const lines: string[] = [];
  let section = '';
  for (const item of list.items) {
    if (item.section !== section) lines.push(...(section === '' ? [] : ['']), item.section);
    section = item.section;
    lines.push(`  ${paint(item.status)}${item.name}: ${item.title}`);
    for (const check of item.checks) {
      const { id, status, how, seen, advice } = check;
      if (item.status === 'pass' || status === 'not-applicable') continue;
      lines.push(`          ${words[status]} ${id}, by ${printable(how)}`);
      for (const line of seen) lines.push(`            ${printable(line)}`);
      if (advice !== undefined) lines.push(`            → ${printable(advice)}`);
    }
    if (item.checks.length === 0) lines.push('          nothing was looked at');
  }
  return [...lines, '', summaryOf(list)].join('\n');
}

export function summaryOf({ counts, profile }: Checklist): string {
  const parts = Object.entries(counts).map(([status, count]) => `${count} ${words[status as Status]}`);
  return `Profile ${profile}: ${parts.join(', ')}.`;
}

/** With snake_case keys; every check with its evidence. */
export function checklistJson(list: Checklist): object {
  return {
    profile: list.profile,
    timestamp: list.time.toISOString(),
    project: printable(list.project),
    summary: Object.fromEntries(
      Object.entries(list.counts).map(([status, count]) => [statusJson(status as Status), count]),
    ),
    exit_code: list.exitCode,
    security_checklist: Object.fromEntries(
      Object.keys(sections).map((section) => [
        section,
        list.items.filter((item) => item.section === section).map(itemJson),
      ]),
    ),
  };
}

function itemJson({ name, title, status, checks }: ItemOutcome) {
  const shown = checks.map((check) => ({
    id: check.id,
    status: statusJson(check.status),
    how: printable(check.how),
    seen: check.seen.map(printable),
    ...(check.advice !== undefined && { advice: printable(check.advice) }),
  }));
  return { name, title, status: statusJson(status), checks: shown };
}

const statusJson = (status: Status) => status.replace('-', '_');

const marks: Readonly<Record<Status, string>> = {
  pass: '✅',
  fail: '❌',
  unknown: '❔',
  'not-applicable': '➖',
};

/** For a review or a pull request: a table, and beneath it what does not pass. */
export function checklistMarkdown(list: Checklist): string {
  const rows = list.items.map(
    ({ section, name, title, status }) =>
      `| ${marks[status]} ${words[status]} | ${section} | \`${name}\` | ${title} |`,
  );
  const open = list.items.filter(({ status }) => status === 'fail' || status === 'unknown');
  return [
    `# Checklist: ${markdownText(list.project)}`,
    '',
    `${summaryOf(list)} ${list.time.toISOString()}`,
    '',
    '| state | section | item | demand |',
    '| --- | --- | --- | --- |',
    ...rows,
    ...open.flatMap(({ name, checks }) => ['', `## ${name}`, '', ...checks.flatMap(checkMarkdown)]),
    '',
  ].join('\n');
}

function checkMarkdown({ id, status, how, seen, advice }: Check): string[] {
  return [
    `- ${marks[status]} **${id}**, by ${markdownText(how)}`,
    ...seen.map((line) => `  - ${markdownText(line)}`),
    ...(advice === undefined ? [] : [`  - → ${markdownText(advice)}`]),
  ];
}
