import { rules } from '../rules.ts';

const window = 8;
/** What every report may say, whoever was scanned. */
const said = JSON.stringify(
  rules.map(({ id, title, patterns, remediation, mappings }) => [id, title, patterns, remediation, mappings]),
).toLowerCase();

/**
 * Whether a value that is found in a report could only have come from what was scanned: eight characters or more,
 * neither words of the report itself nor hexadecimal digits so few that a hash has them by chance.
 */
export function isTelling(value: string): boolean {
  return value.length >= window && !said.includes(value.toLowerCase()) && !/^[\da-f]{0,12}$/i.test(value);
}

/** Values that stand in a report, as they are or as JSON writes them. Linear in the report. */
export function leaksIn(report: string, values: Iterable<string>): string[] {
  const byStart = new Map<string, Set<string>>();
  for (const value of values) {
    for (const form of [value, JSON.stringify(value).slice(1, -1)]) {
      const start = form.slice(0, window);
      byStart.set(start, (byStart.get(start) ?? new Set()).add(form));
    }
  }
  const found = new Set<string>();
  for (let at = 0; at + window <= report.length; at++) {
    const candidates = byStart.get(report.slice(at, at + window));
    if (candidates === undefined) continue;
    for (const value of candidates) if (report.startsWith(value, at)) found.add(value);
  }
  return [...found];
}
