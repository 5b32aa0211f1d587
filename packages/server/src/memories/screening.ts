import { type Decision, decide, type Finding, redact, scan } from '@memhold/scanner';
import type { Entities } from '../access/actor.ts';
import type { Json, Metadata } from '../json.ts';
import { MemoryError } from './errors.ts';
import { ENTITY_FIELDS, type MemoryContent, type Screening } from './memory.ts';

declare const screened: unique symbol;
/** Text that went through the screen. The store takes no other: an unscreened write does not compile. */
export type ScreenedText = string & { readonly [screened]: true };

/** A memory's content after the screen. */
export interface Screened {
  content: MemoryContent & { text: ScreenedText };
  screening: Screening;
  redacted: boolean;
}

/** Shorter strings hold no secret that any rule can prove. */
const SHORTEST_SCANNED = 6;

/** What was found in one memory, while it is cleaned part by part. */
class Report {
  readonly findings: Screening['findings'] = [];
  readonly labels = new Set<string>();
  redacted = false;

  clean(text: string): string {
    return this.cleanAfter('', text);
  }

  /** Cleans `value` with `context` before it for the rules to look at; what they find in the context is not counted. */
  private cleanAfter(context: string, value: string): string {
    if (value.length < SHORTEST_SCANNED) return value;
    const found = scan(context + value).filter(({ end }) => end > context.length);
    if (found.length === 0) return value;
    const decision = decide(found);
    if (decision.action === 'reject')
      throw new MemoryError(
        'content_rejected',
        undefined,
        found.map(({ ruleId }) => ruleId),
      );
    for (const label of decision.labels) this.labels.add(label);
    // What the policy ignores is nobody's news.
    for (const finding of found)
      if (decision.labels.includes(`${finding.category}:${finding.ruleId}`))
        this.findings.push(entryOf(finding, decision));
    if (decision.redactions.length === 0) return value;
    this.redacted = true;
    const redactions = decision.redactions.map(({ start, end, ...rest }) => ({
      ...rest,
      start: Math.max(0, start - context.length),
      end: end - context.length,
    }));
    return redact(value, { redactions });
  }

  /** `names` are the names that lead to the value, nearest first: `{"password": "…"}` is an assignment too. */
  cleanJson(value: Json, names: readonly string[] = []): Json {
    if (typeof value === 'string') return this.cleanNamed(value, names);
    if (typeof value === 'number') {
      const text = String(value);
      const cleaned = this.cleanNamed(text, names);
      return cleaned === text ? value : cleaned;
    }
    if (Array.isArray(value)) return value.map((item) => this.cleanJson(item, names));
    if (typeof value !== 'object' || value === null) return value;
    return this.cleanObject(value as Metadata, names);
  }

  cleanObject(object: Metadata, outer: readonly string[] = []): Metadata {
    const cleaned = new Map<string, Json>();
    for (const [key, item] of Object.entries(object)) {
      let name = this.clean(key);
      // Two names that hid different secrets look alike now; neither value may go under.
      for (let n = 2; cleaned.has(name); n++) name = `${this.clean(key)} (${n})`;
      cleaned.set(name, this.cleanJson(item, [key, ...outer]));
    }
    return Object.fromEntries(cleaned);
  }

  private cleanNamed(value: string, names: readonly string[]): string {
    for (const name of names) {
      const before = this.findings.length;
      const cleaned = this.cleanAfter(`${name}: `, value);
      if (this.findings.length > before) return cleaned;
    }
    return names.length === 0 ? this.clean(value) : value;
  }
}

function entryOf(
  { start, end, ruleId, category, severity }: Finding,
  decision: Decision,
): Screening['findings'][number] {
  const gone = decision.redactions.some((span) => span.start <= start && end <= span.end);
  return { rule: ruleId, category, severity, action: gone ? 'redacted' : 'labelled' };
}

/**
 * Screens everything that a caller wrote into a memory: proved secrets are redacted, everything else is labelled.
 * The only maker of `ScreenedText`.
 * @throws MemoryError `content_rejected` when the policy refuses the text.
 */
export function screen(content: MemoryContent): Screened {
  const report = new Report();
  const { text, metadata, role, speaker, thread, categories, ...facts } = content;
  const clean = {
    ...facts,
    text: report.clean(text) as ScreenedText,
    metadata: report.cleanObject(metadata),
    ...(role !== undefined && { role: report.clean(role) }),
    ...(speaker !== undefined && { speaker: report.clean(speaker) }),
    ...(thread !== undefined && { thread: report.clean(thread) }),
    ...(categories !== undefined && { categories: categories.map((category) => report.clean(category)) }),
  };
  const action = report.redacted ? 'redacted' : 'allowed';
  const screening: Screening = { action, findings: report.findings, labels: [...report.labels] };
  return { content: clean, screening, redacted: report.redacted };
}

/**
 * Ids decide whose a memory is, so they cannot be redacted.
 * @throws MemoryError `content_rejected` when one is a proved secret.
 */
export function screenEntities(entities: Entities): void {
  for (const field of ENTITY_FIELDS) {
    const id = entities[field];
    const { redactions } = id === undefined ? { redactions: [] } : decide(scan(id));
    const rules = redactions.map(({ ruleId }) => ruleId);
    if (rules.length > 0)
      throw new MemoryError('content_rejected', `${field} holds a secret: nothing was stored.`, rules);
  }
}
