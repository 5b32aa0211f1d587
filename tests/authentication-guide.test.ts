import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { AccessError } from '../packages/server/src/access/errors.ts';
import { definitions } from '../packages/server/src/config/settings.ts';
import { RATE_LIMITS } from '../packages/server/src/limits/rate-limits.ts';
import { Guide } from './guide.ts';
import { ROOT } from './server-process.ts';

const guide = new Guide('docs/operations/authentication.md');
afterAll(() => guide.stop());

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
  for (const chapter of guide.printed)
    test.skipIf(!openssl && chapter.text.includes('openssl'))(chapter.title, () => guide.run(chapter));

  test('all of it', () => {
    const { blocks, compared } = guide;
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
    const named = new Set([...guide.text.matchAll(/MEMHOLD_[A-Z_]+[A-Z]/g)].map(([name]) => name));
    const table = guide.chapter('Settings');
    const known = Object.values(definitions).map(({ env }) => String(env));
    expect(named.size).toBeGreaterThan(15);
    for (const name of named)
      expect([name, known.includes(name), table.includes(`\`${name}\``)]).toEqual([name, true, true]);
  });

  test('the rate limits are those that hold', () => {
    const shown = [
      ...guide.chapter('Lockout').matchAll(/\| (\d+) (a minute|in 10 minutes|a day) +\|$/gm),
    ].map(([, count, period]) => `${count} ${period}`);
    const spans: Record<number, string> = { 60: 'a minute', 600: 'in 10 minutes', 86400: 'a day' };
    const held = Object.values(RATE_LIMITS).map(({ count, seconds }) => `${count} ${spans[seconds]}`);
    expect(shown.toSorted()).toEqual(held.toSorted());
  });

  test('the answer that takes ten minutes to see', () => {
    const [, shown] = /```json\n(.*?)```/s.exec(guide.chapter('Showing the password again'))!;
    const { code, message: detail } = new AccessError('step_up_required');
    expect(JSON.parse(shown!)).toEqual({ status: 403, code, detail });
  });
});
