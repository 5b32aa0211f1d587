import { decide, type Policy, redact } from '../decide.ts';
import type { Finding } from '../finding.ts';
import { rules as builtIn } from '../rules.ts';
import { type Scanner, scan } from '../scan.ts';

/** A doubtful secret costs a name some letters; a shown one cannot be taken back. */
const builtInSecrets: Policy = {
  secret: {
    certain: 'redact',
    uncertain: { critical: 'redact', high: 'redact', medium: 'redact', low: 'ignore' },
  },
  pii: { certain: 'ignore', uncertain: 'ignore' },
};
const everything: Policy = {
  secret: { certain: 'redact', uncertain: 'redact' },
  pii: { certain: 'redact', uncertain: 'redact' },
};
const builtInIds = new Set(builtIn.map(({ id }) => id));

/** Paths, reasons and messages of other programs come from the scanned tree: secrets in them are not shown. */
export function withoutSecrets(text: string): string {
  // A report names a file as often as it has findings, one after another.
  if (text !== last.text) last = { text, shown: redact(text, decide(hiddenIn(text), everything)) };
  return last.shown;
}
let last = { text: '', shown: '' };

/** What a rule of the user's own finds is hidden however sure it is: nobody else can tell what it would cost. */
function hiddenIn(text: string): Finding[] {
  return scanner(text).filter(
    (one) => !builtInIds.has(one.ruleId) || decide([one], builtInSecrets).redactions.length > 0,
  );
}

let scanner = scan;
/** Takes out from now on what the user's own rules find as well. */
export function hideWith(withOwnRules: Scanner): void {
  last = { text: '', shown: '' };
  scanner = (text) => {
    try {
      return withOwnRules(text);
    } catch {
      // A module's rule may throw; the report must come all the same.
      return scan(text);
    }
  };
}

// Control characters could move the cursor and forge lines; the others reorder text or cannot be seen.
const unprintable = /[\p{Cc}\p{Bidi_Control}\u200b\u2028\u2029\u2060-\u2064\ufeff]/gu;
/** In JSON a line break stands between members only: in texts it is an escape already. */
const unprintableInJson = /[[\p{Cc}\p{Bidi_Control}\u200b\u2028\u2029\u2060-\u2064\ufeff]--\n]/gv;

/**
 * What pipelines take for commands to themselves when a step prints it: `::name` where a text begins, `##[` and `##vso[`
 * anywhere (github.com/actions/runner ActionCommand; Azure's logging commands).
 */
const pipelineCommand = /^\s*:(?=:)|#(?=#(?:vso)?\[)/gi;
const pipelineCommandInJson = /#(?=#(?:vso)?\[)/gi;

/** One line that is safe on a terminal and in a pipeline: what cannot be seen is written as an escape. */
export function printable(text: string): string {
  return withoutSecrets(text)
    .replace(unprintable, (character) =>
      character === '\n' ? '\\n' : character === '\t' ? '\\t' : escapeOf(character),
    )
    .replace(pipelineCommand, (found) => found.slice(0, -1) + escapeOf(found.at(-1)!));
}

/** JSON that is safe on a terminal and in a pipeline: escapes what JSON may leave as it is. The value stays the same. */
export function terminalSafe(json: string): string {
  return json.replace(unprintableInJson, escapeOf).replace(pipelineCommandInJson, escapeOf);
}

const escapeOf = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
