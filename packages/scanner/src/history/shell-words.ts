import { quoted } from '../hooks/hook-script.ts';
import { printable } from '../reports/presentable.ts';

const plain = /^[\w./@%+=:,][\w./@%+=:,-]*$/;

/**
 * A text as one word of a POSIX shell on one line of a terminal. Undefined where that cannot be shown: it would move
 * the cursor, or holds a secret.
 */
export function shellWord(text: string): string | undefined {
  if (printable(text) !== text) return undefined;
  return plain.test(text) ? text : quoted(text);
}
