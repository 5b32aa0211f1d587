import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AuditRecord } from '../record.ts';
import { CSV_COLUMNS, csvHeader, toCsvRow } from './csv.ts';
import { anyRecord, anyText } from './records.fixture.ts';

/** RFC 4180, by another hand than the writer's. */
function cellsOf(line: string): string[] {
  const cells: string[] = [];
  let at = 0;
  while (at < line.length) {
    let cell = '';
    expect(line[at++]).toBe('"');
    for (; line[at] !== '"' || line[at + 1] === '"'; at++) {
      cell += line[at];
      if (line[at] === '"') at++;
    }
    cells.push(cell);
    at++;
    if (at < line.length) expect(line[at++]).toBe(',');
  }
  return cells;
}

const readable = (text: string) => JSON.parse(`"${text.replaceAll('"', '\\"')}"`);
const plain = (cell: string) => cell.replace(/^'/, '');

describe('CSV', () => {
  test('every event is one line of all columns, and reads back as what it was', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        const row = toCsvRow(record);
        expect(row.endsWith('\r\n')).toBe(true);
        const line = row.slice(0, -2);
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
        const cells = cellsOf(line);
        expect(cells).toHaveLength(CSV_COLUMNS.length);
        for (const [index, column] of CSV_COLUMNS.entries()) {
          const value = record[column];
          const read = plain(cells[index]!);
          if (value === null) expect(read).toBe('');
          else if (typeof value === 'object')
            expect(JSON.parse(read)).toEqual(JSON.parse(JSON.stringify(value)));
          else expect(readable(read)).toBe(String(value));
        }
      }),
      { numRuns: 500 },
    );
  });

  test('no cell is a formula for a spreadsheet', () => {
    const [record] = fc.sample(anyRecord, 1);
    fc.assert(
      fc.property(anyText, (text) => {
        const row = toCsvRow({ ...record!, user_agent: text, username: `=${text}`, action: `-${text}` });
        for (const cell of cellsOf(row.slice(0, -2))) expect(cell).not.toMatch(/^[=+\-@\t\r＝＋－＠]/);
      }),
    );
  });

  test('the header names every column of a record', () => {
    const [record] = fc.sample(anyRecord, 1);
    expect(csvHeader()).toBe(`${CSV_COLUMNS.join(',')}\r\n`);
    expect([...CSV_COLUMNS].sort()).toEqual(Object.keys(record as AuditRecord).sort());
  });
});
