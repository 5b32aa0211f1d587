import { setImmediate } from 'node:timers/promises';
import { scan as look } from '@memhold/scanner';
import { screen } from '../memories/screening.ts';
import type { NewScan } from './schema.ts';

/** Characters that are looked at in one go: the event loop gets its turn in between. */
const PORTION = 4096;
let turns: Promise<void> = Promise.resolve();
/** A turn of the event loop in which nobody else looks: many reports at once take longer, and hold up nobody else. */
const nextTurn = () => (turns = turns.then(() => setImmediate()));
/** A reporter that was made by somebody else may put what it found anywhere. */
const TEXTS_OF_REPORT = ['scan_id', 'project', 'ref', 'environment'] as const;
const TEXTS_OF_FINDING = [
  'id',
  'category',
  'title',
  'file',
  'rule_id',
  'preview',
  'fingerprint',
  'recommendation',
] as const;

/** A text after the screen that memories go through, on one line. @throws MemoryError `content_rejected` */
export const screenedLine = (text: string): string => screen({ text, metadata: {} }).content.text;

/**
 * The texts as they may be kept: what is surely a secret is redacted, as in a memory. Few texts hold one, so that they
 * are looked at together, and one by one only where something was seen.
 * @throws MemoryError `content_rejected`
 */
export async function screenTexts(texts: Iterable<string>): Promise<ReadonlyMap<string, string>> {
  const clean = new Map<string, string>();
  let portion: string[] = [];
  let size = 0;
  const finish = async () => {
    await nextTurn();
    const seen = look(portion.join('\n')).length > 0;
    for (const text of portion) clean.set(text, seen ? screenedLine(text) : text);
    portion = [];
    size = 0;
  };
  for (const text of new Set(texts)) {
    portion.push(text);
    size += text.length + 1;
    if (size >= PORTION) await finish();
  }
  if (portion.length > 0) await finish();
  return clean;
}

/** The report with its texts screened, and whether anything was redacted. @throws MemoryError `content_rejected` */
export async function screenReport(report: NewScan): Promise<{ clean: NewScan; redacted: boolean }> {
  const own = TEXTS_OF_REPORT.flatMap((field) => report[field] ?? []);
  const found = report.findings.flatMap((one) => TEXTS_OF_FINDING.flatMap((field) => one[field] ?? []));
  const texts = await screenTexts([...own, ...found]);
  const redacted = [...texts].some(([given, kept]) => given !== kept);
  if (!redacted) return { clean: report, redacted };
  return {
    clean: {
      ...withTexts(report, TEXTS_OF_REPORT, texts),
      findings: report.findings.map((one) => withTexts(one, TEXTS_OF_FINDING, texts)),
    },
    redacted,
  };
}

function withTexts<T extends object>(
  one: T,
  fields: readonly (keyof T)[],
  texts: ReadonlyMap<string, string>,
): T {
  const kept = fields.flatMap((field) => {
    const value = one[field];
    return typeof value === 'string' ? [[field, texts.get(value) ?? value] as const] : [];
  });
  return { ...one, ...Object.fromEntries(kept) };
}
