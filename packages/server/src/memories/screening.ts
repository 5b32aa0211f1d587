import { decide, type Finding, redact, scan } from '@memhold/scanner';
import { MemoryError } from './errors.ts';
import type { Json, Metadata, Screening } from './memory.ts';

declare const screened: unique symbol;
/** Text that went through the screen. The store takes no other: an unscreened write does not compile. */
export type ScreenedText = string & { readonly [screened]: true };

/** A memory's text and metadata after the screen; `original` only when something was redacted. */
export interface Screened {
  text: ScreenedText;
  metadata: Metadata;
  screening: Screening;
  redacted: boolean;
}

/** Shorter strings hold no secret that any rule can prove. */
const SHORTEST_SCANNED = 6;

class Report {
  readonly findings: Screening['findings'] = [];
  readonly labels = new Set<string>();
  redacted = false;

  clean(text: string): string {
    if (text.length < SHORTEST_SCANNED) return text;
    const found = scan(text);
    if (found.length === 0) return text;
    const decision = decide(found);
    if (decision.action === 'reject') throw new MemoryError('content_rejected');
    for (const label of decision.labels) this.labels.add(label);
    for (const finding of found) this.findings.push(this.entry(finding, decision.redactions));
    if (decision.redactions.length === 0) return text;
    this.redacted = true;
    return redact(text, decision);
  }

  cleanJson(value: Json): Json {
    if (typeof value === 'string') return this.clean(value);
    if (Array.isArray(value)) return value.map((item) => this.cleanJson(item));
    if (typeof value !== 'object' || value === null) return value;
    return this.cleanObject(value as Metadata);
  }

  cleanObject(object: Metadata): Metadata {
    const entries = Object.entries(object).map(([key, item]) => [
      this.clean(key),
      this.cleanNamed(key, item),
    ]);
    return Object.fromEntries(entries);
  }

  /** `{"password": "…"}` is an assignment too: the name belongs to what the rules look at. */
  private cleanNamed(key: string, value: Json): Json {
    if (typeof value !== 'string') return this.cleanJson(value);
    const prefix = `${key}: `;
    const cleaned = this.clean(prefix + value);
    return cleaned.startsWith(prefix) ? cleaned.slice(prefix.length) : this.clean(value);
  }

  private entry(
    finding: Finding,
    redactions: readonly { start: number; end: number }[],
  ): Screening['findings'][number] {
    const gone = redactions.some(({ start, end }) => start <= finding.start && finding.end <= end);
    const { ruleId, category, severity } = finding;
    return { rule: ruleId, category, severity, action: gone ? 'redacted' : 'labelled' };
  }
}

/**
 * Screens a memory on its way in: validated secrets are redacted, everything else is labelled.
 * The only maker of `ScreenedText`.
 * @throws MemoryError `content_rejected` when the policy refuses the text.
 */
export function screen(text: string, metadata: Metadata): Screened {
  const report = new Report();
  const cleanText = report.clean(text) as ScreenedText;
  const cleanMetadata = report.cleanObject(metadata);
  return {
    text: cleanText,
    metadata: cleanMetadata,
    redacted: report.redacted,
    screening: {
      action: report.redacted ? 'redacted' : 'allowed',
      findings: report.findings,
      labels: [...report.labels],
    },
  };
}
