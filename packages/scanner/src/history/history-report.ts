import { wordsOfSkip } from '../files/place.ts';
import { printable, terminalSafe, withoutSecrets } from '../reports/presentable.ts';
import { titleOf } from '../reports/report.ts';
import { type HistoryReport, isInHistory, type Traced } from './check.ts';
import type { CommitDates } from './commit-dates.ts';
import type { HoldingRef, Sighting } from './trace.ts';

const mostShown = 5;

/** The report for people. */
export function historyText(
  report: HistoryReport,
  dates: CommitDates,
  colours: boolean,
  rotate: string,
): string {
  const bold = (text: string) => (colours ? `\u001b[1m${text}\u001b[0m` : text);
  const { traced, cleanUp, repository } = report;
  const found = traced.filter(isInHistory);
  const lines = found.flatMap((one) => [...aboutSecret(one, report, dates, rotate, bold), '']);
  const apart = traced.filter((one) => !isInHistory(one));
  for (const { secret } of apart)
    lines.push(
      `${titleOf(secret)}  ${secret.preview}: in no commit of a branch, a tag or the stash${inTreeWords(secret.inTree)}.`,
    );
  if (apart.length > 0) lines.push('');
  if (cleanUp.steps.length > 0 && traced.length > 0) {
    lines.push(bold('HOW IT GOES'), ...cleanUp.steps.flatMap(stepLines), '');
  }
  if (repository.log.submodules.size > 0)
    lines.push(
      `Not looked into, as they have histories of their own: ${shown([...repository.log.submodules])}.`,
    );
  for (const gap of report.gaps) lines.push(`NOT WHOLE: ${printable(gap)}.`);
  for (const { place, reason } of report.skips.slice(0, mostShown * 2))
    lines.push(`NOT WHOLE: ${printable(place.path)}: ${wordsOfSkip(reason)}.`);
  lines.push(summary(report));
  return lines.join('\n');
}

const nothing = {
  all: 'No secret in the history',
  tree: 'No secret in the work tree, so none was looked for in the history',
  named: 'No secret of this name in the work tree or in the history',
  typed: 'The value is not in the history',
} as const;

export function summary({
  traced,
  repository,
  contents,
  exitCode,
  gaps,
  skips,
  asked,
}: HistoryReport): string {
  const found = traced.filter(isInHistory).length;
  const left = gaps.length + skips.length;
  const verdict =
    traced.length === 0 || (asked === 'typed' && found === 0)
      ? nothing[asked]
      : `${found === 0 ? 'None' : found} of ${plural(traced.length, 'secret')} in the history`;
  const looked = `${plural(repository.graph.ids.length, 'commit')}, ${plural(contents, 'content')} searched`;
  return `${exitCode === 2 ? 'NOT VERIFIED: ' : ''}${verdict}; ${looked}${left > 0 ? `; ${left} not looked at` : ''}.`;
}

function aboutSecret(
  { secret, trace, pushed }: Traced,
  { repository }: HistoryReport,
  dates: CommitDates,
  rotate: string,
  bold: (text: string) => string,
): string[] {
  const row = (name: string, text: string) => `  ${name.padEnd(10)}  ${text}`;
  const first = firstOf(trace.appears, dates);
  const list = (name: string, texts: readonly string[]) =>
    texts.length === 0 ? [] : [row(name, shown(texts))];
  const others = trace.appears.filter((one) => one !== first);
  return [
    bold(`${titleOf(secret)}  ${secret.preview}  (${secret.severity})`),
    ...(secret.fingerprint === undefined ? [] : [row('is', secret.fingerprint)]),
    ...(first === undefined ? [] : [row('came with', sightingWords(first, dates))]),
    ...list(
      'and with',
      others.map((one) => sightingWords(one, dates)),
    ),
    ...list(
      'left with',
      trace.disappears.map((id) => commitWords(id, dates)),
    ),
    ...list('stood in', trace.paths.map(printable)),
    ...(secret.inTree.length > 0 ? [row('stands in', inTreeWords(secret.inTree).slice(2))] : []),
    ...list('held by', trace.refs.map(refWords)),
    ...(trace.isLoose ? [row('held by', 'nothing but reflogs, or nothing at all: until git gc')] : []),
    row('pushed', pushedWords(pushed, repository.lastFetch, repository.remotes.length > 0)),
    ...(secret.fingerprint === undefined ? [] : [row('replace it', `${rotate} ${secret.ruleId}`)]),
  ];
}

function pushedWords(
  { verdict, refs }: Traced['pushed'],
  lastFetch: Date | undefined,
  hasRemotes: boolean,
): string {
  const known =
    lastFetch === undefined
      ? 'the day that this clone was made'
      : `the last fetch, ${lastFetch.toISOString()}`;
  if (verdict === 'yes') return `yes: ${shown(refs.map(shortName))}, as of ${known}. Replace it now`;
  if (!hasRemotes) return 'this clone knows of no remote. If nobody else had it, rewriting is enough';
  return verdict === 'unknown'
    ? 'not by a branch; whether its tags were pushed, no clone knows. Replace it'
    : `not as of ${known}. If nobody else had it, rewriting is enough`;
}

const commitWords = (id: string, dates: CommitDates) =>
  `${id.slice(0, 12)} of ${dates.get(id) ?? 'an unknown day'}`;

const sightingWords = ({ commit, path, line }: Sighting, dates: CommitDates) =>
  `${commitWords(commit, dates)}, ${path === undefined ? 'in its message' : `${printable(path)}:${line}`}`;

function refWords({ ref, isInTip }: HoldingRef): string {
  return `${shortName(ref.name)}${isInTip ? '' : ' (in older commits)'}`;
}

const shortName = (name: string) =>
  printable(name.replace(/^refs\/(?:heads|remotes)\//, '').replace(/^refs\/tags\//, 'tag '));

function inTreeWords(places: readonly { path: string; line: number }[]): string {
  return places.length === 0
    ? ''
    : `: ${shown(places.map(({ path, line }) => `${printable(path)}:${line}`))}`;
}

function shown(texts: readonly string[]): string {
  const more = texts.length > mostShown ? ` and ${texts.length - mostShown} more` : '';
  return texts.slice(0, mostShown).join('; ') + more;
}

function stepLines({ text, commands }: { text: string; commands: readonly string[] }, i: number): string[] {
  return [`${i + 1}. ${text}`, ...commands.map((command) => `     ${command}`)];
}

/** The commit by which it came first: by the authors' clocks. */
export function firstOf(appears: readonly Sighting[], dates: CommitDates): Sighting | undefined {
  const time = ({ commit }: Sighting) => Date.parse(dates.get(commit) ?? '') || Number.POSITIVE_INFINITY;
  return [...appears].sort((a, b) => time(a) - time(b))[0];
}

/** The report as JSON with snake_case keys. */
export function historyJson(
  report: HistoryReport,
  dates: CommitDates,
  checklists: readonly object[] | undefined,
): string {
  const { traced, cleanUp, repository, gaps, skips, contents, exitCode } = report;
  const commit = (id: string) => ({ commit: id, author_date: dates.get(id) ?? null });
  const sighting = ({ commit: id, path, line }: Sighting) => ({
    ...commit(id),
    file: path === undefined ? null : withoutSecrets(path),
    line,
  });
  const answer = {
    complete: exitCode !== 2,
    asked: report.asked,
    in_history: traced.filter(isInHistory).length,
    commits: repository.graph.ids.length,
    contents,
    last_fetch: repository.lastFetch?.toISOString() ?? null,
    secrets: traced.map(({ secret, trace, pushed }) => {
      const first = firstOf(trace.appears, dates);
      return {
        rule_id: secret.ruleId,
        title: titleOf(secret),
        severity: secret.severity,
        preview: secret.preview,
        fingerprint: secret.fingerprint ?? null,
        in_tree: secret.inTree.map(({ path, line }) => ({ file: withoutSecrets(path), line })),
        in_history: isInHistory({ secret, trace, pushed }),
        first: first === undefined ? null : sighting(first),
        appears: trace.appears.map(sighting),
        disappears: trace.disappears.map(commit),
        files: trace.paths.map(withoutSecrets),
        blobs: trace.blobs,
        refs: trace.refs.map(({ ref, isInTip }) => ({
          name: withoutSecrets(ref.name),
          kind: ref.kind,
          in_newest_state: isInTip,
        })),
        beyond_refs: trace.isLoose,
        pushed: { verdict: pushed.verdict, refs: pushed.refs.map(withoutSecrets) },
      };
    }),
    situation: cleanUp.situation,
    clean_up: cleanUp.steps,
    ...(checklists !== undefined && { rotation: checklists }),
    submodules: [...repository.log.submodules].map(withoutSecrets),
    not_looked_at: [
      ...gaps.map((reason) => ({ file: null, reason: withoutSecrets(reason) })),
      ...skips.map(({ place, reason }) => ({
        file: withoutSecrets(place.path),
        reason: wordsOfSkip(reason),
      })),
    ],
  };
  return terminalSafe(JSON.stringify(answer, null, 2));
}

const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;
