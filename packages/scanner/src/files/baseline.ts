import { InvalidConfiguration } from './settings-shape.ts';
import type { LocatedFinding } from './suppressions.ts';

const version = 1;

/**
 * A baseline as text: the fingerprints of findings that are known. They hold neither path nor line nor commit, so
 * that they survive moves and rebases; these stand beside them for the reader only.
 */
export function writeBaseline(
  findings: readonly LocatedFinding[],
  pathOf: (finding: LocatedFinding) => string,
): string {
  const known = new Map<string, object>();
  for (const located of findings) {
    const { fingerprint, ruleId, line } = located.finding;
    // Faults of suppressions are repaired, not accepted.
    if (located.finding.category === 'suppression' || known.has(fingerprint)) continue;
    known.set(fingerprint, { fingerprint, rule_id: ruleId, file: pathOf(located), line });
  }
  const sorted = [...known].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
  return `${JSON.stringify({ version, findings: sorted }, null, 2)}\n`;
}

/** The fingerprints of a baseline. Throws InvalidConfiguration. */
export function readBaseline(text: string): ReadonlySet<string> {
  let parsed: { version?: unknown; findings?: unknown } | null;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new InvalidConfiguration('it is no JSON: write one with --write-baseline');
  }
  if (parsed?.version !== version || !Array.isArray(parsed.findings)) {
    throw new InvalidConfiguration('it is no baseline: write one with --write-baseline');
  }
  const fingerprints = parsed.findings.map((entry: { fingerprint?: unknown } | null) => entry?.fingerprint);
  if (!fingerprints.every((one) => typeof one === 'string')) {
    throw new InvalidConfiguration('an entry has no fingerprint');
  }
  return new Set(fingerprints as string[]);
}
