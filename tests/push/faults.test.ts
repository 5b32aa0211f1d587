// The scanner crashes, never ends, or is ended while it looks: no push goes through for that.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { hashOf, trustFile, writeTrusted } from '../../packages/scanner/src/custom-rules/trust-store.ts';
import type { Clone } from './clone.ts';
import { eachWithAClone } from './each-with-a-clone.ts';
import { expectBlocked, expectPassed } from './samples.ts';

let clone: Clone;
eachWithAClone((fresh) => {
  clone = fresh;
});

/** Puts a trusted rule on the default branch that does this at the word `quux`, and pushes it. */
function faultyRule(body: string): void {
  const code = `import { writeFileSync } from 'node:fs';
export default {
  id: 'odd-word', title: 'A word', severity: 'low', keywords: ['quux'], maximumLength: 8,
  match(text) { if (!text.includes('quux and go')) return undefined; ${body} },
  examples: { match: ['quux and go'], no_match: ['quux'] },
};
`;
  clone.write('.memhold/rules.mjs', code);
  clone.write('.memhold/scan.yaml', 'modules: [.memhold/rules.mjs]\n');
  clone.commit('rules');
  clone.git('push', '-q', '--no-verify', 'origin', 'HEAD:main');
  const trusted = {
    sha256: hashOf(Buffer.from(code)),
    path: '/rules.mjs',
    trustedAt: '2026-11-22T12:00:00.000Z',
  };
  writeTrusted(trustFile({ HOME: clone.home }), [trusted]);
  clone.commit('clean');
  expectPassed(clone.push());
  clone.write('a.txt', 'quux and go\n');
  clone.commit('the word');
}

it('a crash on one file stops the push, and names the file', () => {
  faultyRule("throw new Error('out of order');");
  const push = clone.push();
  expectBlocked(push);
  expect(push.said).toMatch(/NOT EVERYTHING COULD BE SCANNED[\s\S]*a\.txt: the scanner failed on it/);
  expect(push.said).toContain('To see more: memhold scan');
});

it.each([
  ['ends by itself, as if all were well', 'process.exit(0);'],
  ['is killed', "process.kill(process.pid, 'SIGKILL');"],
])('a scanner that %s stops the push', (_, body) => {
  faultyRule(body);
  const id = clone.git('rev-parse', 'HEAD');
  expect(clone.push().ok).toBe(false);
  expect(clone.remoteHas(id)).toBe(false);
});

it('a scan that never ends is ended, with the reason and what to do', () => {
  faultyRule('for (;;);');
  const push = clone.push(undefined, { MEMHOLD_PUSH_TIMEOUT: '2' });
  expectBlocked(push);
  expect(push.said).toContain('took longer than 2 seconds (MEMHOLD_PUSH_TIMEOUT)');
  expect(push.said).toContain('To see more:');
  const wrong = clone.push(undefined, { MEMHOLD_PUSH_TIMEOUT: 'never' });
  expectBlocked(wrong);
  expect(wrong.said).toContain('takes seconds');
});

it('Ctrl-C in the middle of a scan stops the push', async () => {
  const started = join(clone.root, 'started');
  faultyRule(`writeFileSync(${JSON.stringify(started)}, ''); for (;;);`);
  const id = clone.git('rev-parse', 'HEAD');
  // A group of its own, as a terminal gives it: Ctrl-C goes to all of it.
  const child = spawn('git', ['push', '-q', 'origin', 'HEAD:main'], {
    cwd: clone.folder,
    env: clone.env(),
    detached: true,
    stdio: 'ignore',
  });
  const ended = new Promise<unknown>((resolve) =>
    child.on('close', (code, signal) => resolve(code ?? signal)),
  );
  while (!existsSync(started)) await wait(20);
  process.kill(-child.pid!, 'SIGINT');
  expect(await ended).not.toBe(0);
  expect(clone.remoteHas(id)).toBe(false);
});
