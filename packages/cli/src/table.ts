import { styleText } from 'node:util';
import { oneLine } from './failure.ts';

/**
 * Rows in columns, the first one bold where colours are wanted. Names and addresses are other people's: each cell is
 * made safe to print. An empty cell shows as a dash.
 */
export function table(rows: readonly (readonly (string | null)[])[], colours: boolean): string {
  const cells = rows.map((row) => row.map((cell) => oneLine(cell ?? '') || '-'));
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  const lines = cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
  if (colours && lines[0] !== undefined) lines[0] = styleText('bold', lines[0], { validateStream: false });
  return lines.join('\n');
}

/** Names and values under each other. */
export function fields(pairs: readonly (readonly [string, string | null])[]): string {
  return table(pairs, false);
}

/** `2027-01-31T12:00:00.000Z` → `2027-01-31 12:00 UTC` */
export function shortTime(iso: string | null): string | null {
  return iso === null ? null : `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}
