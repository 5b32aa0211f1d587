import type { Category, Finding, Severity } from './finding.ts';
import { comparePrecedence, isCertain } from './finding.ts';

/** What to do about one finding, from nothing to refusing the whole text. */
export type Treatment = 'ignore' | 'label' | 'redact' | 'reject';

export type BySeverity = Treatment | Readonly<Record<Severity, Treatment>>;

/** Treatments of one category: of certain findings (validated or high confidence) and of the others. */
export interface CategoryPolicy {
  readonly certain: BySeverity;
  readonly uncertain: BySeverity;
}

export type Policy = Readonly<Record<Category, CategoryPolicy>>;

/**
 * The default of memory writes: certain secrets are redacted, unless they are public by design, as client ids;
 * everything else is only labelled, save personal data that is neither certain nor grave. Memories are full of names,
 * addresses and numbers.
 */
export const memoryWritePolicy: Policy = {
  secret: {
    certain: { critical: 'redact', high: 'redact', medium: 'redact', low: 'label' },
    uncertain: 'label',
  },
  pii: {
    certain: 'label',
    uncertain: { critical: 'label', high: 'label', medium: 'label', low: 'ignore' },
  },
};

export interface Redaction {
  /** UTF-16 offsets into the scanned text, end exclusive. */
  readonly start: number;
  readonly end: number;
  readonly ruleId: string;
  /** What takes the place of the span: `[REDACTED:github-token]`. */
  readonly placeholder: string;
}

export interface Decision {
  /** `reject` outranks `redact`, which outranks `allow`. */
  readonly action: 'allow' | 'redact' | 'reject';
  /** Sorted by start, not overlapping; what a rejected text would need is listed too. */
  readonly redactions: readonly Redaction[];
  /** `<category>:<rule id>` of every finding that is not ignored, sorted, each once: `pii:email`. */
  readonly labels: readonly string[];
}

/** Decides about a text from its findings. Pure; findings may overlap and come in any order. */
export function decide(findings: readonly Finding[], policy: Policy = memoryWritePolicy): Decision {
  const labels = new Set<string>();
  const covered: Finding[] = [];
  let isRejected = false;
  for (const finding of findings) {
    const treatment = treatmentOf(finding, policy);
    if (treatment === 'ignore') continue;
    labels.add(`${finding.category}:${finding.ruleId}`);
    if (treatment === 'label') continue;
    covered.push(finding);
    isRejected ||= treatment === 'reject';
  }
  return {
    action: isRejected ? 'reject' : covered.length > 0 ? 'redact' : 'allow',
    redactions: mergeSpans(covered),
    labels: [...labels].sort(),
  };
}

/**
 * The text with each redaction replaced by its placeholder. The decision must come from a scan of this very
 * text. Throws RangeError when spans lie outside it or out of order, rather than leave half a secret.
 */
export function redact(text: string, decision: Pick<Decision, 'redactions'>): string {
  let result = '';
  let at = 0;
  for (const { start, end, placeholder } of decision.redactions) {
    if (start < at || end < start || end > text.length) {
      throw new RangeError('the redactions do not belong to this text');
    }
    result += text.slice(at, start) + placeholder;
    at = end;
  }
  return result + text.slice(at);
}

function treatmentOf(finding: Finding, policy: Policy): Treatment {
  const { certain, uncertain } = policy[finding.category];
  const treatment = isCertain(finding) ? certain : uncertain;
  return typeof treatment === 'string' ? treatment : treatment[finding.severity];
}

/** Unites overlapping spans; the finding of the highest precedence names the placeholder. */
function mergeSpans(findings: readonly Finding[]): Redaction[] {
  const sorted = [...findings].sort((a, b) => a.start - b.start || a.end - b.end);
  const merged: { start: number; end: number; strongest: Finding }[] = [];
  for (const finding of sorted) {
    const last = merged.at(-1);
    if (last === undefined || finding.start >= last.end) {
      merged.push({ start: finding.start, end: finding.end, strongest: finding });
      continue;
    }
    last.end = Math.max(last.end, finding.end);
    if (comparePrecedence(finding, last.strongest) < 0) last.strongest = finding;
  }
  return merged.map(({ start, end, strongest }) => ({
    start,
    end,
    ruleId: strongest.ruleId,
    placeholder: `[REDACTED:${strongest.ruleId}]`,
  }));
}
