export type Category = 'secret' | 'pii';
export type Severity = 'critical' | 'high' | 'medium' | 'low';
export type Confidence = 'high' | 'medium' | 'low';

/** What a rule found. It has no field for the raw value: what is never copied cannot leak into logs or reports. */
export interface Finding {
  readonly ruleId: string;
  readonly category: Category;
  readonly severity: Severity;
  readonly confidence: Confidence;
  /**
   * A checksum or the structure proves the format: CRC32 of a GitHub token, Luhn of a card, parsed header of a
   * JWT, or a provider's own prefix with exactly the documented length and alphabet.
   */
  readonly validated: boolean;
  readonly title: string;
  /** UTF-16 offsets of the sensitive span, end exclusive. */
  readonly start: number;
  readonly end: number;
  /** 1-based; the column counts UTF-16 code units. */
  readonly line: number;
  readonly column: number;
  /** Public prefix of the token format and a length class, never the value: `ghp_…(32–63)`. */
  readonly preview: string;
  /** How the value was encoded, and what decided for rules that weigh features; never any part of the value. */
  readonly reasons?: readonly string[];
  /** See `fingerprint.ts`: stable across moves of the line, different for a different secret. */
  readonly fingerprint: string;
}

/** Validated or high-confidence: sure enough to act on without asking anyone. */
export function isCertain(finding: Pick<Finding, 'validated' | 'confidence'>): boolean {
  return finding.validated || finding.confidence === 'high';
}

const severities: Readonly<Record<Severity, number>> = { critical: 3, high: 2, medium: 1, low: 0 };
const confidences: Readonly<Record<Confidence, number>> = { high: 2, medium: 1, low: 0 };

type Ranked = Pick<Finding, 'validated' | 'confidence' | 'severity' | 'start' | 'end'> & {
  /** Of a rule that knows no provider. */
  readonly isGeneric?: boolean;
};

/**
 * Precedence between findings: certain before uncertain, a provider's before a generic one, then severity, confidence, the longer span, the
 * earlier start. Negative when `a` comes first; 0 leaves the order of the rules to decide.
 */
export function comparePrecedence(a: Ranked, b: Ranked): number {
  return (
    Number(isCertain(b)) - Number(isCertain(a)) ||
    Number(a.isGeneric ?? false) - Number(b.isGeneric ?? false) ||
    severities[b.severity] - severities[a.severity] ||
    confidences[b.confidence] - confidences[a.confidence] ||
    b.end - b.start - (a.end - a.start) ||
    a.start - b.start
  );
}

export function isGraver(a: Severity, b: Severity): boolean {
  return severities[a] > severities[b];
}

/** Redacted form of a value: its public prefix, and its length as a class because exact lengths tell passwords. */
export function preview(publicPrefix: string, length: number): string {
  return `${publicPrefix}…(${lengthClass(length)})`;
}

function lengthClass(length: number): string {
  if (length < 8) return '1–7';
  if (length >= 4096) return '4096+';
  const lower = 2 ** Math.floor(Math.log2(length));
  return `${lower}–${lower * 2 - 1}`;
}
