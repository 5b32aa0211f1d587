import type { Surroundings } from '../../command/surroundings.ts';
import { runScan, type ScanFlags } from '../../command.ts';
import type { Severity } from '../../finding.ts';

/** A finding as the JSON report has it, as far as it is looked at here. */
export interface ScannedFinding {
  readonly rule_id: string;
  readonly severity: Severity;
  readonly category: string;
  readonly title: string;
  readonly file: string;
  readonly line: number;
  readonly fingerprint: string;
}

export interface ScanEvidence {
  readonly scan_id: string;
  /** Whether everything was scanned: else no findings mean nothing. */
  readonly complete: boolean;
  readonly summary: Readonly<Record<string, number>>;
  readonly findings: readonly ScannedFinding[];
  /** The report as it was made. */
  readonly text: string;
}

/** Scans a folder as `memhold scan --json` does. Undefined where the scan could not run; it said why on standard error. */
export async function scanOf(
  folder: string,
  surroundings: Surroundings,
  flags: ScanFlags = {},
): Promise<ScanEvidence | undefined> {
  const pieces: string[] = [];
  const out = async (text: string) => void pieces.push(text);
  await runScan([], { json: true, failOn: 'never', ...flags }, { ...surroundings, folder, out });
  const text = pieces.join('');
  if (text === '') return undefined;
  const { scan_id, complete, summary, findings } = JSON.parse(text) as ScanEvidence;
  return { scan_id, complete, summary, findings, text };
}
