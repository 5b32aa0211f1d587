import { afterAll, describe, expect, test } from 'vitest';
import { CATALOG, RETENTION_CLASSES } from '../packages/server/src/audit/catalog.ts';
import {
  READ_ACROSS_SUBJECTS,
  THRESHOLDS,
  WINDOW_MS,
} from '../packages/server/src/audit/detections/thresholds.ts';
import { EVENT_SEVERITY, EVENT_TYPES } from '../packages/server/src/audit/events.ts';
import { definitions } from '../packages/server/src/config/settings.ts';
import { Guide } from './guide.ts';

const guide = new Guide('docs/operations/audit.md');
afterAll(() => guide.stop());

/** The cells of the rows of a chapter whose first cell holds one name. */
function rowsOf(chapter: string): Map<string, string[]> {
  const rows = [...guide.chapter(chapter).matchAll(/^\| `([^`]+)` +\|(.*)\|$/gm)];
  return new Map(rows.map(([, name, rest]) => [name!, rest!.split('|').map((cell) => cell.trim())]));
}

describe.skipIf(process.platform === 'win32')('docs/operations/audit.md works as printed', () => {
  for (const chapter of guide.printed) test(chapter.title, () => guide.run(chapter));

  test('all of it', () => {
    const { blocks, compared } = guide;
    console.info(`${blocks} blocks of the guide ran, ${compared} answers are as printed`);
    expect(blocks).toBeGreaterThan(30);
    expect(compared).toBeGreaterThan(20);
  });
});

describe('what the guide says of the server', () => {
  test('every event type is in the table, as the code has it', () => {
    const shown = [...rowsOf('Event types')];
    const held = EVENT_TYPES.map((type) => {
      return [type, [EVENT_SEVERITY[type], CATALOG[type].class, CATALOG[type].text]];
    });
    expect(shown).toEqual(held);
  });

  test('every class is in its table', () => {
    expect([...rowsOf('What is logged').keys()]).toEqual([...RETENTION_CLASSES]);
  });

  test('every detection is in its table, with the threshold and severity that hold', () => {
    const shown = rowsOf('Detections');
    expect([...shown.keys()]).toEqual(Object.keys(THRESHOLDS));
    for (const [name, { count, severity }] of Object.entries(THRESHOLDS)) {
      const [when, how] = shown.get(name)!;
      if (count > 1)
        expect([name, when]).toEqual([name, expect.stringContaining(count.toLocaleString('en-US'))]);
      expect([name, how]).toEqual([name, expect.stringContaining(severity)]);
    }
    expect(shown.get('mass_read')![0]).toContain(`at least ${READ_ACROSS_SUBJECTS} data subjects`);
    expect([WINDOW_MS, guide.chapter('Detections')]).toEqual([
      600_000,
      expect.stringContaining('ten minutes'),
    ]);
  });

  test('every setting that it names is one, and in its table', () => {
    const named = new Set([...guide.text.matchAll(/MEMHOLD_[A-Z_]+[A-Z]/g)].map(([name]) => name));
    const known = [...Object.values(definitions).map(({ env }) => String(env)), 'MEMHOLD_TOKEN'];
    const table = rowsOf('Settings');
    expect(named.size).toBeGreaterThan(10);
    for (const name of named)
      expect([name, known.includes(name), table.has(name)]).toEqual([name, true, true]);
    const audit = known.filter((name) => /^MEMHOLD_(?:AUDIT|ALERT)_/.test(name));
    expect(audit.filter((name) => !table.has(name))).toEqual([]);
  });
});
