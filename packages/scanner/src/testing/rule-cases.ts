import type { Finding } from '../finding.ts';

/** A text that holds exactly this value once for the rule. */
export interface Positive {
  readonly text: string;
  readonly value: string;
  /** What the finding must say besides, where the rule's own defaults do not hold. */
  readonly expected?: Partial<Pick<Finding, 'validated' | 'confidence' | 'severity'>>;
}

export interface RuleCases {
  readonly positives: readonly Positive[];
  /** Texts in which the rule must find nothing. */
  readonly negatives: readonly string[];
}

/**
 * The value in the places where secrets are found: alone, quoted, in JSON, in a URL, after an escaped newline,
 * beside punctuation and other scripts.
 */
export function everywhere(value: string, expected: Positive['expected'] = {}): Positive[] {
  return [
    value,
    `"${value}"`,
    `{"a":"${value}","b":1}`,
    `https://host.test/path?x=${value}&y=1`,
    `first line\\n${value}\\nlast line`,
    `(${value}), and more.`,
    `It was ${value}.`,
    `密钥是${value}。`,
    `export X=${value}\r\n`,
    `\`${value}\``,
  ].map((text) => ({ text, value, expected }));
}

/** A token of which only the mark is left, as documentation and logs show it: worth a note. */
export function masked(value: string): Positive {
  return { text: value, value, expected: { severity: 'low', confidence: 'low', validated: false } };
}

/** The last character replaced, so that a checksum or a length no longer holds. */
export function lastChanged(value: string): string {
  return value.slice(0, -1) + (value.endsWith('a') ? 'b' : 'a');
}
