import type { Context } from './context.ts';

export interface SecretFlags {
  quiet?: true;
  json?: true;
}

export const QUIET = ['-q, --quiet', 'print nothing but the secret'] as const;

/**
 * Hands out secrets that are shown this once: they alone go to standard output, one a line, so that `KEY=$(memhold …)`
 * holds nothing else; what is said of them goes to standard error. With `json`, the whole answer is the output.
 */
export function handOut(
  context: Context,
  { quiet, json }: SecretFlags,
  { words, secrets, answer }: { words: string; secrets: readonly string[]; answer: unknown },
): void {
  if (!quiet && !json) context.err(words);
  for (const line of json ? [JSON.stringify(answer)] : secrets) context.out(line);
}
