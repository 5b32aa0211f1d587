import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { itemNames } from '../packages/scanner/src/checklist/items.ts';
import { profiles } from '../packages/scanner/src/checklist/profiles.ts';
import { blocksOf, expectAsPrinted, Terminal } from './printed-commands.ts';
import { ROOT, temporaryFolder } from './server-process.ts';

const text = readFileSync(join(ROOT, 'docs/operations/checklist.md'), 'utf8');

test.skipIf(process.platform === 'win32')('docs/operations/checklist.md works as printed', async () => {
  const terminal = new Terminal(temporaryFolder());
  let compared = 0;
  for (const block of blocksOf(text)) if (expectAsPrinted(block, await terminal.run(block.code))) compared++;
  await terminal.close();
  expect(compared).toBe(2);
});

test('the tables of docs/operations/checklist.md have every item, and the limits of every profile', () => {
  for (const name of itemNames) expect(text).toMatch(new RegExp(`^\\| \`${name}\` +\\|`, 'm'));
  const { development, staging, production } = profiles;
  const rows = [
    ['secrets fail from', 'secretsFrom'],
    ['vulnerabilities fail from', 'vulnerableFrom'],
    ['age of an API key, in days', 'apiKeyDays'],
    ['age of a signing key, in days', 'signingKeyDays'],
    ['lifetime of an access token, in minutes', 'accessTokenMinutes'],
    ['lifetime of a session, in days', 'sessionDays'],
    ['wrong passwords until a lockout', 'failures'],
  ] as const;
  for (const [what, key] of rows) {
    const cells = [development, staging, production].map((profile) => profile[key]).join(' +\\| +');
    expect(text).toMatch(new RegExp(`^\\| ${what} +\\| +${cells} +\\|$`, 'm'));
  }
  expect([development, staging, production].map((one) => [one.adminsWithMfa, one.behind])).toEqual([
    [0, 1],
    [0.5, 0.5],
    [1, 0.2],
  ]);
});
