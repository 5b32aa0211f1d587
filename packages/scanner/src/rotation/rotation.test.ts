import { spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { rules } from '../rules.ts';
import { scan } from '../scan.ts';
import { runScanner } from '../testing/run-scan.ts';
import { checklistsFor, guides } from './checklist.ts';
import { refusedAsPassword, refusedAt } from './guide.ts';
import { kinds } from './kinds.ts';
import { checklistMarkdown } from './markdown.ts';

const secretRules = rules.filter(({ category }) => category === 'secret');
const allItems = [...guides, ...Object.values(kinds)].flatMap(({ revoke, uses, dependents, dead }) => [
  ...revoke,
  ...uses,
  ...dependents,
  ...dead,
]);
const allCommands = allItems.flatMap(({ commands = [] }) => commands);
const run = (...argv: string[]) => runScanner('/', ['rotation', ...argv]);

describe('the guides', () => {
  test('are for forty providers and more, each rule in one of them', () => {
    expect(guides.length).toBeGreaterThanOrEqual(40);
    const named = guides.flatMap((guide) => guide.rules);
    expect(named.filter((id) => !secretRules.some((rule) => rule.id === id))).toEqual([]);
    expect(named.length).toBe(new Set(named).size);
    expect(new Set(guides.map(({ provider }) => provider)).size).toBe(guides.length);
  });

  test.each(guides.map((guide) => [guide.provider, guide] as const))(
    '%s: says all that is asked',
    (_, guide) => {
      for (const part of [guide.revoke, guide.uses, guide.dependents, guide.dead])
        expect(part.length).toBeGreaterThan(0);
      expect(guide.sources.length).toBeGreaterThan(0);
      for (const source of guide.sources) expect(new URL(source).protocol).toBe('https:');
    },
  );

  test('print only commands that a shell can read', () => {
    expect(allCommands.length).toBeGreaterThan(60);
    for (const command of allCommands) {
      // `read -s` is of bash and zsh, and still a command of sh by its form.
      const { status, stderr } = spawnSync('sh', ['-n', '-c', command]);
      expect([command, status, stderr.toString()]).toEqual([command, 0, '']);
    }
  });

  test('never put the old one on a command line, where the list of processes shows it', () => {
    const withOld = allCommands.filter((command) => command.includes('$OLD'));
    expect(withOld.length).toBeGreaterThan(20);
    // printf is built into the shell: it starts no process.
    for (const command of withOld)
      expect(command).toMatch(/^printf '?%?[^|]*"\$OLD" \| [^$]*(?:\$[A-Z_]+[^$]*)*$/);
    for (const command of withOld) expect(command.split('|').slice(1).join('|')).not.toContain('$OLD');
  });

  test('hold nothing that looks like a secret', () => {
    for (const { text, commands = [] } of allItems)
      expect(scan([text, ...commands].join('\n')).filter(({ category }) => category === 'secret')).toEqual(
        [],
      );
  });
});

test('every rule has a checklist, of its provider or its kind', () => {
  for (const { id } of rules) {
    const [list] = checklistsFor([id]);
    expect(list!.sections.map(({ items }) => items.length > 0)).toEqual([true, true, true, true]);
    expect(checklistMarkdown(list!)).toMatch(/^## Replace: .+\n\n### Take its power away\n\n- \[ \] /);
  }
  const titles = (id: string) =>
    checklistsFor([id])[0]!
      .sections[0]!.items.map(({ text }) => text)
      .join(' ');
  expect(titles('us-ssn')).toContain('cannot be revoked');
  expect(titles('private-key')).toContain('new pair');
  expect(titles('connection-string')).toContain('second user');
  expect(titles('zapier-webhook')).toContain('Remove the address');
  expect(titles('hetzner-token')).toContain('Revoke the credential at ');
  expect(titles('of-my-own')).toContain('Make a new one');
});

/** Runs a command of a guide in bash against an address of our own, with the old one typed. */
async function asked(items: readonly string[], url: string, value: string, env: Record<string, string> = {}) {
  const { spawn } = await import('node:child_process');
  const script = items.join('\n').replace(/'https:\/\/[^']*'/, `'${url}'`);
  const shell = spawn('bash', ['-c', script], { env: { PATH: process.env.PATH ?? '', ...env } });
  shell.stdin.end(`${value}\n`);
  let out = '';
  for await (const piece of shell.stdout) out += piece;
  return out.trim();
}

test.skipIf(spawnSync('curl', ['--version']).status !== 0)(
  'what asks with the old one sends it as the provider wants',
  async () => {
    const seen: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      seen.push(request.headers.authorization ?? String(request.headers['x-api-key']));
      response.writeHead(401).end();
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const old = 'o"ld $(x)\\';
    const bearer = refusedAt('https://a.test').commands!;
    expect(await asked(bearer, url, old)).toBe('401');
    const inHeader = refusedAt('https://a.test', { header: 'x-api-key: %s', with: ['v: 1'] }).commands!;
    expect(await asked(inHeader, url, old)).toBe('401');
    const password = refusedAsPassword('https://a.test', '$KEY_SID').commands!;
    expect(await asked(password, url, 'plain', { KEY_SID: 'SK1' })).toBe('401');
    server.close();
    expect(seen).toEqual([`Bearer ${old}`, old, `Basic ${Buffer.from('SK1:plain').toString('base64')}`]);
  },
);

describe('the command', () => {
  test('takes rules and providers by name', async () => {
    expect((await run('aws-access-key')).out).toContain('--status Inactive');
    const { code, out } = await run('github', 'stripe-key', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out).checklists.map(({ title }: { title: string }) => title)).toEqual([
      'GitHub',
      'Stripe',
    ]);
    expect((await run('--list')).out.trimEnd().split('\n')).toHaveLength(guides.length);
    expect(JSON.parse((await run('--list', '--json')).out).providers).toHaveLength(guides.length);
    expect((await run('--help')).out).toContain('rotation --list');
  });

  test('says what it cannot do, and never passes for a scan', async () => {
    for (const argv of [[], ['no such thing'], ['secret'], ['--no-such-flag']])
      expect([argv, (await run(...argv)).code]).toEqual([argv, 2]);
    expect((await run('src')).err).toContain('a folder of this name is ./rotation');
  });
});
