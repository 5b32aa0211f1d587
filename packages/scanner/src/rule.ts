import type { Category, Confidence, Severity } from './finding.ts';
import type { Lead } from './leads.ts';

/** Where the sensitive value lies, and where it differs from what its rule says in general. */
export interface Match {
  /** UTF-16 offsets, end exclusive. */
  readonly start: number;
  readonly end: number;
  /** Leading code units that belong to the format and may be shown (`ghp_` has 4). Default 0. */
  readonly publicPrefix?: number;
  readonly severity?: Severity;
  readonly confidence?: Confidence;
  /** What decided, for rules that weigh; never any part of the value. */
  readonly reasons?: readonly string[];
}

/**
 * Judgement of a value: `proved` by checksum or exact structure, `plausible`, `doubtful` (looks invented:
 * reported with medium confidence), `masked` (the form with most of it crossed out: a note), `refuted` (cannot be
 * one: not reported).
 */
export type Verdict = 'proved' | 'plausible' | 'doubtful' | 'masked' | 'refuted';

export interface Remediation {
  readonly steps: readonly string[];
  readonly references: readonly string[];
}

/** Controls that a finding touches, by the names of their catalogues. */
export interface Mappings {
  readonly cwe: readonly string[];
  readonly owasp: readonly string[];
  readonly hipaa?: readonly string[];
  readonly pciDss?: readonly string[];
  readonly soc2?: readonly string[];
}

/**
 * Where a keyword stands: so many code units behind the beginning of its token (`startsToken`), mostly 0, or at the
 * beginning of a word of prose or of a name (`startsWord`).
 */
export type KeywordPlace = number | 'word';

export interface Rule {
  /** Also the name of its file, of its cases and of its place in the documentation. */
  readonly id: string;
  readonly category: Category;
  readonly title: string;
  /**
   * What is looked for, as regular expressions, one for each public beginning where there are several; for reports. What
   * is found looks so, but not everything that looks so is found. Without it reports name the keywords.
   */
  readonly patterns?: readonly string[];
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** Knows no provider: on the same span, equally sure rules that do take precedence, whatever their severity. */
  readonly isGeneric?: boolean;
  /** Of the settings, whose author may be who put the secret there: it never hides what a built-in rule holds graver. */
  readonly isOwn?: boolean;
  /** What it finds raises the posture: no rule of the settings takes its place. */
  readonly raisesPosture?: boolean;
  /** ASCII, compared without regard to case; `match` runs once per occurrence. */
  readonly keywords: readonly string[];
  /** Where keywords stand, for all of them or by keyword: `match` runs on no others. Left out: anywhere. */
  readonly keywordAt?: KeywordPlace | ReadonlyMap<string, KeywordPlace>;
  /** Beginnings of tokens that `match` runs on besides, for numbers, which have no keyword. See `leads.ts`. */
  readonly leads?: readonly Lead[];
  /** No part of a match lies farther than this from the start of its keyword, in code units. */
  readonly maximumLength: number;
  /** Looks around one keyword, never farther than `maximumLength`. Must not throw on any text. */
  match(text: string, keywordStart: number, keywordEnd: number): Match | undefined;
  /** Judges the matched value. Without it, matches are `plausible`. */
  validate?(value: string): Verdict;
  readonly remediation: Remediation;
  readonly mappings: Mappings;
}

/** Mappings of hard-coded credentials, the same for every provider. */
export const credentialMappings: Mappings = {
  cwe: ['CWE-798', 'CWE-312'],
  owasp: ['A07:2021', 'A02:2021'],
  hipaa: ['164.312(d)'],
  pciDss: ['8.6.2'],
  soc2: ['CC6.1'],
};

/** Mappings of personal data in the clear. */
export const personalDataMappings: Mappings = {
  cwe: ['CWE-359'],
  owasp: ['A02:2021'],
  hipaa: ['164.312(a)(2)(iv)'],
  soc2: ['P4.1', 'CC6.1'],
};

export const removeEverywhere =
  'Remove the value from the text, its backups and its history: memhold history check shows where, and how.';

/** Remediation of a leaked provider token: what to do first, and where. */
export function revokeAndRotate(provider: string, references: readonly string[]): Remediation {
  return {
    steps: [
      `Revoke the credential at ${provider} now: deleting the text does not make it secret again.`,
      'Issue a new one with the least scope and a short life, and keep it in a secret store.',
      `Look through the access logs of ${provider} for uses that were not yours.`,
      removeEverywhere,
    ],
    references,
  };
}
