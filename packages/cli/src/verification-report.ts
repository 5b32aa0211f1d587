import { styleText } from 'node:util';
import { oneLine } from './failure.ts';

/** What verifying an export found. */
export interface Verification {
  readonly ok: boolean;
  /** Number of events. */
  readonly size: number;
  /** What was verified, where it is not all these events. */
  readonly subject?: string;
  readonly problems: readonly Problem[];
  /** All problems, where `problems` holds only the first ones. */
  readonly problemCount?: number;
  readonly proven: readonly string[];
  readonly notProven: readonly string[];
  /** Undefined where the export leaves it unknown. */
  readonly root: string | undefined;
  readonly key: string | undefined;
}

interface Problem {
  /** Event concerned, from 0, and the last one where it is a range. */
  readonly index?: number;
  readonly last?: number;
  readonly code: string;
  readonly message: string;
}

/** The report for people. Everything in it may come from a hostile file, so every line is made safe to print. */
export function verificationReport(file: string, result: Verification, colours: boolean): string {
  const paint = (style: 'green' | 'red' | 'yellow', text: string) =>
    colours ? styleText(style, text, { validateStream: false }) : text;
  const { ok, size, problems, proven, notProven, root, key } = result;
  const subject = result.subject ?? `${size.toLocaleString('en-US')} events`;
  const count = result.problemCount ?? problems.length;
  const verdict = ok ? paint('green', 'verified') : paint('red', 'NOT verified');
  const lines = [
    `${oneLine(file)}: ${subject}, ${verdict}`,
    `root ${oneLine(root ?? 'unknown')}`,
    `key  ${oneLine(key ?? 'unknown')}`,
  ];
  if (proven.length > 0) {
    lines.push('', 'Proven:', ...proven.map((line) => `  ${paint('green', '+')} ${oneLine(line)}`));
  }
  if (notProven.length > 0) {
    lines.push('', 'Not proven:', ...notProven.map((line) => `  ${paint('yellow', '?')} ${oneLine(line)}`));
  }
  if (count > 0) {
    lines.push('', `Problems (${count.toLocaleString('en-US')}):`);
    for (const problem of problems) {
      const what = `${place(problem)}${oneLine(problem.message)} (${oneLine(problem.code)})`;
      lines.push(`  ${paint('red', '!')} ${what}`);
    }
    if (count > problems.length)
      lines.push(`  … and ${(count - problems.length).toLocaleString('en-US')} more`);
  }
  return lines.join('\n');
}

function place({ index, last }: Problem): string {
  if (index === undefined) return '';
  return last === undefined ? `event ${index}: ` : `events ${index} to ${last}: `;
}
