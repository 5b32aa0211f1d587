import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { AccessError } from '../packages/server/src/access/errors.ts';
import { definitions } from '../packages/server/src/config/settings.ts';
import { RATE_LIMITS } from '../packages/server/src/limits/rate-limits.ts';
import { blocksOf, expectAsPrinted, Terminal } from './printed-commands.ts';
import { ROOT, type Server, startServer, temporaryFolder } from './server-process.ts';

const guide = readFileSync(join(ROOT, 'docs/operations/authentication.md'), 'utf8');
const chapters = guide.split(/^(?=## )/m).map((text) => ({ title: /^## (.*)/.exec(text)?.[1] ?? '', text }));
const chapter = (title: string) => chapters.find((one) => one.title === title)!.text;
const preparation = chapter('Preparation');

/** The command that starts the server, with its settings in front. */
const START = /^```text\n((?:MEMHOLD_\w+=\S+\s+(?:\\\n)?)+)npm start\n```$/m;
const SETTING = /(MEMHOLD_\w+)=(\S+)/g;

const home = temporaryFolder();
let server: Server | undefined;
let runningWith: string | undefined;
let blocks = 0;
let compared = 0;
afterAll(() => server?.stop());

/** As a reader does who stops the server and starts it with these settings, on the same data. */
async function runWith(given: string): Promise<string> {
  if (runningWith !== given) {
    await server?.stop();
    const settings = Object.fromEntries(
      [...given.matchAll(SETTING)].map(([, name, value]) => [name!, value!.replaceAll('$HOME', home)]),
    );
    server = await startServer({
      dataDir: join(home, '.memhold/data'),
      settings: { MEMHOLD_RATE_LIMITS: 'on', ...settings },
    });
    runningWith = given;
  }
  return new URL(server!.url).port;
}

const withBash = chapters.filter(({ title, text }) => title !== 'Preparation' && blocksOf(text).length > 0);

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    console.warn('skipped: there is no openssl here, so the chapters that need it were not run');
    return false;
  }
}
const openssl = hasOpenssl();

describe('docs/operations/authentication.md works as printed', () => {
  for (const { title, text } of withBash)
    test.skipIf(!openssl && text.includes('openssl'))(title, async () => {
      const terminal = new Terminal(home);
      const run = async (part: string, port: string) => {
        for (const block of blocksOf(part)) {
          blocks++;
          const ran = await terminal.run(block.code.replaceAll('8002', port));
          if (expectAsPrinted(block, ran)) compared++;
        }
      };
      const [before = '', settings = '', after] = text.split(START);
      if (after === undefined) {
        const port = await runWith('');
        await run(preparation, port);
        await run(text, port);
      } else {
        // What is printed above the start makes files that the server will read.
        await run(before, 'none');
        const port = await runWith(settings);
        await run(preparation, port);
        await run(after, port);
      }
      await terminal.close();
    });

  test('all of it', () => {
    console.info(`${blocks} blocks of the guide ran, ${compared} answers are as printed`);
    expect(blocks).toBeGreaterThan(openssl ? 90 : 60);
    expect(compared).toBeGreaterThan(openssl ? 80 : 55);
  });
});

describe('what the guide says of the server', () => {
  test('every setting is in the table of the README, those of this page in its own', () => {
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
    const missing = Object.values(definitions).filter(
      ({ env }) => !new RegExp(`^\\| .*\`${env}\``, 'm').test(readme),
    );
    expect(missing).toEqual([]);
    const named = new Set([...guide.matchAll(/MEMHOLD_[A-Z_]+[A-Z]/g)].map(([name]) => name));
    const table = chapter('Settings');
    const known = Object.values(definitions).map(({ env }) => String(env));
    expect(named.size).toBeGreaterThan(15);
    for (const name of named)
      expect([name, known.includes(name), table.includes(`\`${name}\``)]).toEqual([name, true, true]);
  });

  test('the rate limits are those that hold', () => {
    const shown = [...chapter('Lockout').matchAll(/\| (\d+) (a minute|in 10 minutes|a day) +\|$/gm)].map(
      ([, count, period]) => `${count} ${period}`,
    );
    const spans: Record<number, string> = { 60: 'a minute', 600: 'in 10 minutes', 86400: 'a day' };
    const held = Object.values(RATE_LIMITS).map(({ count, seconds }) => `${count} ${spans[seconds]}`);
    expect(shown.toSorted()).toEqual(held.toSorted());
  });

  test('the answer that takes ten minutes to see', () => {
    const [, shown] = /```json\n(.*?)```/s.exec(chapter('Showing the password again'))!;
    const { code, message: detail } = new AccessError('step_up_required');
    expect(JSON.parse(shown!)).toEqual({ status: 403, code, detail });
  });
});
