import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { COMPLIANCE_TAGS, RETENTION_CLASSES } from '../packages/server/src/audit/catalog.ts';
import { EVENT_TYPES } from '../packages/server/src/audit/events.ts';
import { ROOT } from './server-process.ts';

const controls = readFileSync(join(ROOT, 'docs/controls.md'), 'utf8');

interface Control {
  framework: string;
  id: string;
  serves: string;
  events: string;
  shownBy: string;
}

/** The rows of all tables with five columns, without their heads. */
const rows: Control[] = controls.split(/^## /m).flatMap((chapter) => {
  const framework = chapter.split('\n', 1)[0]!;
  return chapter
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    )
    .filter((cells) => cells.length === 5 && !/^-+$/.test(cells[0]!) && cells[4] !== 'shown by')
    .map(([id, , serves, events, shownBy]) => {
      return { framework, id: id!, serves: serves!, events: events!, shownBy: shownBy! };
    });
});

const named = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);
const isUncovered = ({ serves }: Control) => serves.includes('**Not covered**');

describe('docs/controls.md', () => {
  test('has rows for six frameworks, and in each some that are not covered', () => {
    const frameworks = Map.groupBy(rows, ({ framework }) => framework);
    expect([...frameworks.keys()].map((name) => name.split(/[ ,:]/)[0])).toEqual([
      'SOC',
      'ISO/IEC',
      'GDPR',
      'HIPAA',
      'PCI',
      'OWASP',
    ]);
    for (const [framework, controls] of frameworks) {
      expect([framework, controls.length > 10, controls.some(isUncovered)]).toEqual([framework, true, true]);
      const ids = controls.map(({ id }) => id);
      expect(new Set(ids).size, framework).toBe(ids.length);
    }
  });

  test('names events that there are', () => {
    const events = rows.flatMap(({ id, events }) => named(events).map((name) => [id, name] as const));
    const unknown = events.filter(
      ([, name]) =>
        !EVENT_TYPES.some((type) =>
          name.endsWith('.*') ? type.startsWith(name.slice(0, -1)) : type === name,
        ),
    );
    expect(unknown).toEqual([]);
    expect(events.length).toBeGreaterThan(150);
  });

  test('names tests that there are, each under its title', () => {
    const shown = rows.flatMap(({ id, shownBy }) =>
      [...shownBy.matchAll(/`([^`]+)`((?:,? "[^"]+")*)/g)].flatMap(([, file, titles]) => {
        const quoted = [...titles!.matchAll(/"([^"]+)"/g)].map(([, title]) => title);
        return (quoted.length > 0 ? quoted : [undefined]).map((title) => ({ id, file: file!, title }));
      }),
    );
    const missing = shown.filter(({ file, title }) => {
      const path = join(ROOT, /^(?:tests|packages)\//.test(file) ? '' : 'packages/server/src', file);
      return !existsSync(path) || (title !== undefined && !titlesIn(path).includes(title));
    });
    expect(missing).toEqual([]);
    expect(shown.length).toBeGreaterThan(100);
  });

  test('names a test wherever it does not say that nothing is covered', () => {
    const unshown = rows.filter((row) => !isUncovered(row) && named(row.shownBy).length === 0);
    expect(unshown.map(({ framework, id }) => `${framework}: ${id}`)).toEqual([]);
  });

  test('has the requirements of ASVS in the form of their numbers', () => {
    const asvs = rows.filter(({ framework }) => framework.startsWith('OWASP'));
    for (const { id } of asvs)
      expect(id).toMatch(/^V(?:[6-9]|1[1-6])\.\d{1,2}\.\d{1,2}(?:(?:,| to) V\d+\.\d+\.\d+)*$/);
  });

  test('has the tags of the classes as events carry them', () => {
    const lines = controls.split('\n');
    for (const name of RETENTION_CLASSES) {
      const line = lines.find((one) => one.startsWith(`| \`${name}\``));
      const tags = line?.split('|').at(-2)?.trim().split(', ');
      expect([name, tags]).toEqual([name, [...COMPLIANCE_TAGS[name]]]);
    }
  });

  test('gives the service no marks', () => {
    expect(controls).not.toMatch(
      /\d+ ?%|\bcompliant\b|\bcompliance with\b|fully (?:covered|met)|\bscore\b|✓|✅/i,
    );
  });
});

const sources = new Map<string, string>();

/** The source of a test file, its quotes as they read. */
function titlesIn(path: string): string {
  let source = sources.get(path);
  if (source === undefined) {
    source = readFileSync(path, 'utf8').replaceAll("\\'", "'");
    sources.set(path, source);
  }
  return source;
}
