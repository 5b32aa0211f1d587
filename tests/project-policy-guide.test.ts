import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Framework, frameworks } from '../packages/scanner/src/agent/frameworks.ts';
import { securityKeys } from '../packages/scanner/src/agent/security-settings.ts';
import { blocksOf, expectAsPrinted, Terminal } from './printed-commands.ts';
import { ROOT, temporaryFolder } from './server-process.ts';

const text = readFileSync(join(ROOT, 'docs/operations/project-policy.md'), 'utf8');

test.skipIf(process.platform === 'win32')('docs/operations/project-policy.md works as printed', async () => {
  const terminal = new Terminal(temporaryFolder());
  let compared = 0;
  for (const block of blocksOf(text)) if (expectAsPrinted(block, await terminal.run(block.code))) compared++;
  await terminal.close();
  expect(compared).toBe(5);
});

const rows = text
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );

test('its table of frameworks is what they ask for', () => {
  const of = (name: string) => rows.find(([first]) => first === `\`${name}\``);
  for (const [name, framework] of Object.entries(frameworks) as [string, Framework][]) {
    const { posture, fields, thresholds, source } = framework;
    const asked = thresholds.map(({ rule, category, severity, outcome }) => {
      const what = rule === undefined ? (category === 'secret' ? 'secrets' : 'personal data') : `\`${rule}\``;
      return `${what}${severity === undefined || severity === 'low' ? '' : ` from ${severity} on`}: ${outcome}`;
    });
    expect(of(name), name).toEqual([
      `\`${name}\``,
      posture,
      fields.map((field) => `\`${field}\``).join(', ') || '–',
      asked.join('; '),
      source,
    ]);
  }
});

test('its table of keys has every key', () => {
  const named = rows.map(([first]) => first!.replaceAll('`', ''));
  for (const key of securityKeys) expect(named).toContain(key);
});
