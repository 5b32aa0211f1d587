import type { Severity } from '../finding.ts';
import type { Verdict } from '../rule.ts';
import type { Tokens } from '../testing/tokens.ts';

/** One rule for a provider's credentials, as data. `provider-rule.ts` makes a rule of it, `cases-of-row.ts` its cases. */
export interface ProviderRow {
  /** `digitalocean-token`: unique among all rules. */
  readonly id: string;
  /** `DigitalOcean personal access token`. */
  readonly title: string;
  /**
   * critical: full access to money, infrastructure or code; high: most others; medium: narrow rights or test
   * accounts; low: public by design.
   */
  readonly severity: Severity;
  /** The provider's page that documents the format. */
  readonly source: string;
  /** Where to revoke it: `DigitalOcean (API, Tokens, Delete)`. */
  readonly revoke: string;
  readonly formats: readonly Format[];
}

export type Format = PrefixFormat | NamedFormat | ShapeFormat;

/** A public prefix in exact case, then a whole run of the alphabet. A single documented length proves it. */
export interface PrefixFormat {
  readonly kind: 'prefix';
  readonly prefixes: readonly string[];
  readonly alphabet: Alphabet;
  /** Of the part between prefix and suffix; for base64 with its padding, for a UUID 36. */
  readonly length: Length;
  /** Fixed text after the run. */
  readonly suffix?: string;
  /** Judges the run, by checksum for instance, in place of the rule that one exact length is proof. */
  readonly judge?: (body: string) => Verdict;
  /** A random body that `judge` accepts, where random characters hardly ever are (checksums). For tests. */
  readonly example?: (random: Tokens) => string;
}

/**
 * No mark of its own: a value of this alphabet and length that is assigned to a name with the provider's noun,
 * at most 64 code units before (`ACME_API_KEY = "…"`, `acme: { key: "…" }`, `acme token: …`).
 */
export interface NamedFormat {
  readonly kind: 'named';
  /** Lower-case, at least four characters, telling (`datadog`, not `data`); `_`, `-` and spaces count as equal. */
  readonly nouns: readonly string[];
  readonly alphabet: Alphabet;
  readonly length: Length;
}

/** What no other kind says: a pattern that matches from its keyword on. */
export interface ShapeFormat {
  readonly kind: 'shape';
  /** ASCII; the pattern starts where it stands, in any case. */
  readonly keyword: string;
  /**
   * Sticky (`y`), without quantifiers inside quantifiers, and of bounded length. A group named `secret`, with the
   * flag `d`, narrows the finding to that part; otherwise all of the match is secret.
   */
  readonly pattern: RegExp;
  readonly maximumLength: number;
  /** A whole run before the keyword that belongs to the value: digits before `:AA`, for instance. */
  readonly before?: { readonly alphabet: Exclude<Alphabet, 'uuid'>; readonly length: Length };
  /** A random text that the pattern matches as a whole; without what stands before the keyword. */
  readonly example: (random: Tokens) => string;
}

export type Alphabet =
  | 'alphanumeric'
  | 'lower-alphanumeric'
  | 'upper-alphanumeric'
  | 'hex'
  | 'base64'
  | 'base64url'
  | 'digits'
  | 'uuid'
  | 'letters';

/** Exactly so many characters, or from minimum to maximum. */
export type Length = number | readonly [minimum: number, maximum: number];
