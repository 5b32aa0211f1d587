// What the banner tells a person to run, run as printed: from the veto to a push that goes through.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { BIN, Clone } from './clone.ts';
import { critical, expectBlocked, expectPassed, tokens } from './samples.ts';

let clone: Clone;
beforeEach(() => {
  clone = new Clone();
});
afterEach(() => clone.remove());

/** The arguments of a printed `memhold` command. */
function printed(said: string, command: string): string[] {
  const [line] = new RegExp(`memhold ${command}.*`).exec(said) ?? [];
  expect(line).toBeDefined();
  return line!.split(' ').slice(1);
}

it('a veto leads to the check, the check to commands, and these to a push that goes through', () => {
  clone.write('deploy.env', critical());
  clone.commit('add');
  clone.write('other.txt', 'other\n');
  clone.commit('other');
  const push = clone.push();
  expectBlocked(push);
  const check = printed(push.said, 'history check');
  expect(check.slice(2)).toEqual(['--fingerprint', clone.report().findings[0]!.fingerprint]);
  const found = clone.program([...check, '--json']);
  expect(found.code).toBe(1);
  const { secrets, situation, clean_up } = JSON.parse(found.out);
  expect([secrets.length, secrets[0].pushed.verdict, situation]).toEqual([1, 'no', 'unpushed-commits']);
  const rotation = clone.program(printed(push.said, 'rotation'), '', BIN);
  expect([rotation.code, rotation.out]).toEqual([0, expect.stringContaining('## Replace: GitHub')]);

  const [start, stop, forget] = clean_up.map(({ commands }: { commands: string[] }) => commands.join(' && '));
  const shell = (command: string) =>
    clone.run(clone.folder, 'env', [
      'GIT_SEQUENCE_EDITOR=sed -i 1s/^pick/edit/',
      'GIT_EDITOR=true',
      'sh',
      '-ec',
      command,
    ]);
  shell(start);
  clone.write('deploy.env', 'GITHUB_TOKEN=\n');
  shell(stop);
  shell(forget);
  expect(clone.program(check).code).toBe(0);
  expectPassed(clone.push());
});

it('of many secrets at once the check is for all of them', () => {
  for (const name of ['a', 'b', 'c', 'd']) clone.write(`${name}.env`, critical());
  clone.commit('add');
  const { said } = clone.push();
  const check = printed(said, 'history check');
  expect(check).toEqual(['history', 'check']);
  expect(JSON.parse(clone.program([...check, '--json']).out).secrets).toHaveLength(4);
});

it('an id of the last veto names its secret', () => {
  const token = tokens.github();
  clone.write('a.env', `GITHUB_TOKEN=${token}\n`);
  clone.commit('add');
  clone.push();
  const [{ id }] = clone.report().findings as unknown as [{ id: string }];
  clone.git('reset', '-q', '--hard', 'HEAD~1');
  const { code, out } = clone.program(['history', 'check', '--finding', id, '--all-objects']);
  expect([code, out]).toEqual([1, expect.stringContaining('a.env')]);
  expect(out).not.toContain(token);
});
