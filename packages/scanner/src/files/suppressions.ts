import type { Finding } from '../finding.ts';
import type { Dependency, ToolCategory } from '../tools/tool.ts';
import type { Place } from './place.ts';

/** What keeps a finding from counting. */
export interface Suppression {
  readonly by: 'comment' | 'allow-list' | 'baseline';
  readonly reason: string;
}

/** A finding of a rule or of another tool, or what is wrong with a suppression. */
export type ReportedFinding = Omit<Finding, 'category'> & {
  readonly category: Finding['category'] | ToolCategory | 'suppression';
  /** Ids of the other rules that told of the same: `bandit/B105`. */
  readonly sameAs?: readonly string[];
  readonly dependency?: Dependency;
  /** What the place stands for where no span of the text is known: its line, or the whole file. */
  readonly scope?: 'line' | 'file';
};

export interface JudgedFinding {
  readonly finding: ReportedFinding;
  readonly suppression?: Suppression;
}

export interface LocatedFinding extends JudgedFinding {
  readonly place: Place;
}

/** Begins the comments that suppress. */
export const suppressionMarker = 'memhold:allow';

// Ids of other tools' rules have their tool before them: `bandit/B602`.
const listOfRules =
  /^[ \t]+([a-z][a-z0-9-]*(?:\/[\w.@/+-]+)?(?:,[ \t]?[a-z][a-z0-9-]*(?:\/[\w.@/+-]+)?)*)(.*)$/;

/** Faults of suppressions, which are findings of low severity: they would silently stop or start to count. */
export const suppressionFaults = {
  'suppression-without-reason': 'Suppression without a reason',
  'suppression-expired': 'Suppression that has expired',
} as const;

interface Comment {
  readonly rules: readonly string[];
  readonly reason: string;
  readonly until: string | undefined;
  readonly start: number;
  readonly line: number;
  readonly column: number;
  /** Nothing but the comment stands on its line, so that it speaks of the next one. */
  readonly isAlone: boolean;
}

/**
 * Applies comments of the form `memhold:allow <rule id>[, <rule id>] -- <reason> [until YYYY-MM-DD]` on the line of
 * a finding, or alone on the line before. Without a reason or after its last day a comment does not count, and
 * becomes a finding itself.
 * @param today `YYYY-MM-DD`; undefined: comments do not count at all
 */
export function applySuppressions(
  text: string,
  findings: readonly Finding[],
  today: string | undefined,
): JudgedFinding[] {
  if (today === undefined || !text.includes(suppressionMarker))
    return findings.map((finding) => ({ finding }));
  const { reasons, faults } = reasonsIn(text, today);
  const judged = findings.map((finding): JudgedFinding => {
    const reason = reasons.get(`${finding.line}:${finding.ruleId}`);
    return reason === undefined ? { finding } : { finding, suppression: { by: 'comment', reason } };
  });
  return [...judged, ...faults.map((finding) => ({ finding }))];
}

/** The reasons of comments that count, by `<line>:<rule id>`, and what is wrong with the others. */
export function reasonsIn(
  text: string,
  today: string,
): { readonly reasons: ReadonlyMap<string, string>; readonly faults: readonly ReportedFinding[] } {
  const reasons = new Map<string, string>();
  const faults: ReportedFinding[] = [];
  for (const comment of commentsIn(text)) {
    const fault = faultOf(comment, today);
    if (fault !== undefined) faults.push(faultFinding(comment, fault));
    else {
      const line = comment.isAlone ? comment.line + 1 : comment.line;
      for (const rule of comment.rules) reasons.set(`${line}:${rule}`, comment.reason);
    }
  }
  return { reasons, faults };
}

function* commentsIn(text: string): Generator<Comment> {
  let line = 1;
  let lineStart = 0;
  let newline = text.indexOf('\n');
  for (
    let start = text.indexOf(suppressionMarker);
    start !== -1;
    start = text.indexOf(suppressionMarker, start + suppressionMarker.length)
  ) {
    while (newline !== -1 && newline < start) {
      line++;
      lineStart = newline + 1;
      newline = text.indexOf('\n', lineStart);
    }
    const limit = Math.min(start + 600, text.length);
    const rest = text.slice(start + suppressionMarker.length, limit).split(/[\r\n]/, 1)[0]!;
    const [, list, said] = listOfRules.exec(rest) ?? [];
    if (list === undefined || said === undefined) continue;
    const before = text.slice(Math.max(lineStart, start - 20), start);
    yield {
      rules: list.split(/,[ \t]?/),
      ...reasonIn(said),
      start,
      line,
      column: start - lineStart + 1,
      isAlone:
        start - lineStart <= 20 &&
        /^[ \t]*(?:\/\/|\/\*+|#+|--|;+|%|<!--|\{#|\*|'|rem|REM)?[ \t]*$/.test(before),
    };
  }
}

function reasonIn(said: string): { reason: string; until: string | undefined } {
  const dashes = said.indexOf('--');
  if (dashes === -1 || said.slice(0, dashes).trim() !== '') return { reason: '', until: undefined };
  let reason = said.slice(dashes + 2).trim();
  for (const closing of ['-->', '*/', '#}', '--%>'])
    if (reason.endsWith(closing)) reason = reason.slice(0, -closing.length).trim();
  const last = reason.slice(-40);
  const [ending, until] = /[[(]?\buntil (\d{4}-\d{2}-\d{2})[\])]?$/.exec(last) ?? [];
  if (ending !== undefined) reason = reason.slice(0, -ending.length).trim();
  return { reason, until };
}

function faultOf({ reason, until }: Comment, today: string): keyof typeof suppressionFaults | undefined {
  if (!/\p{L}/u.test(reason)) return 'suppression-without-reason';
  // A date that is none does not hold for ever.
  if (until !== undefined && (until < today || Number.isNaN(Date.parse(until)))) return 'suppression-expired';
  return undefined;
}

function faultFinding(
  { rules, start, line, column }: Comment,
  ruleId: keyof typeof suppressionFaults,
): ReportedFinding {
  return {
    ruleId,
    category: 'suppression',
    severity: 'low',
    confidence: 'high',
    validated: false,
    title: suppressionFaults[ruleId],
    start,
    end: start + suppressionMarker.length,
    line,
    column,
    preview: suppressionMarker,
    fingerprint: `${ruleId}:${rules.join('+')}`,
  };
}
