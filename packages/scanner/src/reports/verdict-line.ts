import type { Report, Veto } from './report.ts';

const words = { BLOCK: 'Blocked', WARN: 'Passes with warnings', ALLOW: 'Passes' } as const;

/** The verdict in a sentence, or what the scan came to where nobody asked for one. */
export function verdictLine({ veto, findings, isComplete }: Report): string {
  if (veto === undefined)
    return isComplete ? `${findings.length} findings` : `Incomplete: ${findings.length} findings so far`;
  const override = veto.decision === 'BLOCK' && veto.canOverride ? ', can be overridden for one push' : '';
  return `${words[veto.decision]}: ${veto.reason}${override}`;
}

const mostEvidence = 5;

/** The reason, with what of the project's policy made it stricter. */
export function reasonOf({ reason, evidence = [] }: Veto): string {
  if (evidence.length === 0) return reason;
  const more = evidence.length > mostEvidence ? ` and ${evidence.length - mostEvidence} more` : '';
  return `${reason} (${evidence.slice(0, mostEvidence).join('; ')}${more})`;
}
