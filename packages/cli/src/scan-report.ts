import { readFile, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { CommandFailure } from './failure.ts';

/** What a report is about, beside what it says itself. */
export interface ScanPlace {
  project?: string;
  ref?: string;
  commit?: string;
  environment?: string;
}

const MOST_BYTES = 256 * 1024 * 1024;
/** A service takes bodies of a megabyte, unless it was told otherwise. */
const SENT_BYTES = 900_000;
const SENT_FINDINGS = 10_000;
const KEPT_OF_REPORT = [
  'scan_id',
  'timestamp',
  'project',
  'security_posture',
  'complete',
  'veto_decision',
  'summary',
] as const;
const KEPT_OF_FINDING = [
  'id',
  'severity',
  'category',
  'title',
  'file',
  'line',
  'column',
  'commit',
  'rule_id',
  'confidence',
  'validated',
  'preview',
  'fingerprint',
  'recommendation',
] as const;

type Json = Record<string, unknown>;

/** The JSON of a report in a file; `-` is standard input. @throws CommandFailure */
export async function readReport(path: string, stdin: Readable): Promise<Json> {
  const report = parsed(path === '-' ? await textOf(stdin) : await fileText(path));
  if (typeof report !== 'object' || report === null || !Array.isArray((report as Json).findings))
    throw new CommandFailure(
      'not_a_report',
      `${path === '-' ? 'standard input' : path} is no report — make one with: memhold scan --format json`,
    );
  return report as Json;
}

/**
 * What is sent of a report: what the service keeps, the gravest findings first and no more than fit. What is left out
 * stays counted in the summary, which decides too.
 */
export function sentReport(report: Json, place: ScanPlace): Json {
  const findings = report.findings as Json[];
  const isRegulated = findings.some(
    ({ rule_id: rule }) => typeof rule === 'string' && rule.startsWith('marker-'),
  );
  const sent: Json[] = [];
  let size = 0;
  for (const one of findings) {
    const kept = only(one, KEPT_OF_FINDING);
    size += Buffer.byteLength(JSON.stringify(kept)) + 1;
    if (size > SENT_BYTES || sent.length === SENT_FINDINGS) break;
    sent.push(kept);
  }
  return {
    ...only(report, KEPT_OF_REPORT),
    // A marker among those that are left out must not be lost.
    ...(isRegulated && { security_posture: 'high' }),
    ...place,
    findings: sent,
  };
}

function only(of: unknown, names: readonly string[]): Json {
  const given = Object(of) as Json;
  return Object.fromEntries(
    names.flatMap((name) => (Object.hasOwn(given, name) ? [[name, given[name]]] : [])),
  );
}

async function fileText(path: string): Promise<string> {
  if ((await stat(path)).size > MOST_BYTES) throw tooLarge();
  return readFile(path, 'utf8');
}

async function textOf(stream: Readable): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of stream) {
    pieces.push(Buffer.from(piece));
    size += piece.length;
    if (size > MOST_BYTES) throw tooLarge();
  }
  return Buffer.concat(pieces).toString('utf8');
}

const tooLarge = () =>
  new CommandFailure(
    'report_too_large',
    'the report is larger than 256 MB — scan in parts, or mend the worst first',
  );

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
