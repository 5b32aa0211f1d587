// What decides about a push, and what overrides it.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BIN, type Clone } from './clone.ts';
import { eachWithAClone } from './each-with-a-clone.ts';
import { critical, expectBlocked, expectPassed, health, high, medium, tokens } from './samples.ts';

let clone: Clone;
eachWithAClone((fresh) => {
  clone = fresh;
});

describe('what decides', () => {
  it('warns of a date of birth, and lets it through', () => {
    clone.write('team.md', medium());
    clone.commit('team');
    expectPassed(clone.push());
    expect(clone.report()).toMatchObject({ veto_decision: 'WARN', security_posture: 'medium' });
  });

  it('is stricter where health data is, and names what raised it', () => {
    clone.write('notes.md', health + medium());
    clone.commit('notes');
    const push = clone.push();
    expectBlocked(push);
    expect(push.said).toContain('Security posture raised to high by');
    expect(clone.report()).toMatchObject({ security_posture: 'high', override_available: false });
  });

  it('is the posture of the default branch, not of the commits that are pushed', () => {
    clone.write('team.md', medium());
    clone.write('.memhold/security.yaml', 'posture: high\n');
    clone.commit('team, and a stricter posture');
    expectPassed(clone.push());
    clone.write('team2.md', medium());
    clone.write('.memhold/security.yaml', 'posture: medium\n');
    clone.commit('more, and a laxer posture');
    expectBlocked(clone.push());
  });

  it('does not take excuses from the commits that are pushed', () => {
    const key = critical();
    clone.write('.memhold/scan.yaml', "exclude: ['*.env']\nallow:\n  - path: '**'\n    reason: trust me\n");
    clone.write('k.env', `# memhold:allow github-token -- it is only a sample\n${key}`);
    clone.commit('key with its excuses');
    expectBlocked(clone.push());
  });

  it('takes an approval of the fingerprint from the default branch, and reports it all the same', () => {
    clone.write('k.env', critical());
    clone.commit('key');
    expectBlocked(clone.push());
    const { fingerprint } = clone.report().findings[0]!;
    clone.git('reset', '-q', '--hard', 'origin/main');
    const allow = `allow:\n  - fingerprint: '${fingerprint}'\n    reason: revoked last week\n`;
    clone.write('.memhold/scan.yaml', allow);
    clone.commit('approve');
    expectPassed(clone.push());
    clone.git('cherry-pick', 'ORIG_HEAD');
    expectPassed(clone.push());
    expect(clone.report().suppressed).toMatchObject([{ suppressed_by: 'allow-list' }]);
  });

  it('does not take an approval of a path or a rule for a critical finding', () => {
    clone.write('.memhold/scan.yaml', "allow:\n  - path: '*.env'\n    reason: samples\n");
    clone.commit('approve');
    clone.push();
    clone.write('k.env', critical());
    clone.commit('key');
    expectBlocked(clone.push());
  });

  it('is nothing where the policy of the default branch is broken', () => {
    clone.git('config', 'core.hooksPath', '/dev/null');
    clone.write('.memhold/scan.yaml', 'allow: [');
    clone.commit('broken');
    clone.push();
    clone.git('config', '--unset', 'core.hooksPath');
    clone.commit('clean');
    const push = clone.push();
    expectBlocked(push);
    expect(push.said).toContain('COULD NOT BE SCANNED');
  });
});

describe('an override', () => {
  const override = () => ({ MEMHOLD_OVERRIDE: `${clone.report().scan_id}: needed for the release today` });

  it('lets a high finding through, once, and is on record', () => {
    clone.write('a.env', high());
    clone.commit('a');
    const first = clone.push();
    expectBlocked(first);
    expect(first.said).toContain(`MEMHOLD_OVERRIDE='${clone.report().scan_id}: <why>'`);
    const allowed = clone.push(undefined, override());
    expect(allowed).toMatchObject({ ok: true });
    expect(allowed.said).toContain('on record');
    const record = readFileSync(join(clone.folder, '.git/memhold/overrides.jsonl'), 'utf8');
    expect(JSON.parse(record).entry.record).toMatchObject({
      report_id: clone.report().scan_id,
      reason: 'needed for the release today',
    });
  });

  it('does not count for another range, nor for the same push a second time', () => {
    clone.write('a.env', high());
    clone.commit('a');
    expectBlocked(clone.push());
    const used = override();
    clone.write('b.env', high());
    clone.commit('b');
    expectBlocked(clone.push(undefined, used));
    clone.git('reset', '-q', '--hard', 'HEAD^');
    expect(clone.push(undefined, used).ok).toBe(true);
    clone.run(clone.remote, 'git', ['update-ref', 'refs/heads/main', 'refs/heads/main^']);
    clone.git('fetch', '-q', 'origin');
    const again = clone.push(undefined, used);
    expectBlocked(again);
    expect(again.said).toContain('works once');
  });

  it('does not count for a critical finding', () => {
    clone.write('a.env', critical());
    clone.commit('a');
    expectBlocked(clone.push());
    expectBlocked(clone.push(undefined, override()));
  });

  it('does not count in high posture', () => {
    clone.write('a.env', high() + health);
    clone.commit('a');
    expectBlocked(clone.push());
    expectBlocked(clone.push(undefined, override()));
  });

  it('does not count where git named no refs: it would be one for any push', () => {
    clone.write('a.env', high());
    clone.commit('a');
    const call = ['hook', 'pre-push', '--', 'origin', '../remote.git'];
    expect(clone.program(call, '')).toMatchObject({ code: 1 });
    const again = spawnSync(process.execPath, [BIN, ...call], {
      cwd: clone.folder,
      env: clone.env(override()),
      input: '',
    });
    expect([again.status, again.stderr.toString()]).toEqual([1, expect.stringContaining('any push')]);
  });

  it('keeps no credential of its address, its refs or its reason', () => {
    const word = tokens.github();
    clone.write('a.env', high());
    clone.commit('a');
    const zeros = '0'.repeat(40);
    const line = `HEAD ${clone.git('rev-parse', 'HEAD')} refs/heads/x ${zeros}\n`;
    const url = `https://ann:${word}@git.test/a.git?private_token=${word}`;
    const call = ['hook', 'pre-push', '--', url, url];
    expect(clone.program(call, line)).toMatchObject({ code: 1 });
    const ask = (reason: string) =>
      spawnSync(process.execPath, [BIN, ...call], {
        cwd: clone.folder,
        env: clone.env({ MEMHOLD_OVERRIDE: `${clone.report().scan_id}: ${reason}` }),
        input: line,
      });
    expect(ask(`the key ${word} is revoked`)).toMatchObject({ status: 1 });
    expect(ask('the key is revoked')).toMatchObject({ status: 0 });
    const record = readFileSync(join(clone.folder, '.git/memhold/overrides.jsonl'), 'utf8');
    expect(record).toContain('https://git.test/a.git');
    expect(record).not.toContain(word);
  });

  it('begins anew after a record that does not verify was put aside', () => {
    clone.write('a.env', high());
    clone.commit('a');
    clone.push();
    clone.push(undefined, override());
    writeFileSync(join(clone.folder, '.git/memhold/overrides.jsonl'), 'gone\n');
    clone.write('b.env', high());
    clone.commit('b');
    const push = clone.push();
    expectBlocked(push);
    expect(push.said).toMatch(/File: b\.env[\s\S]*RESOLUTION REQUIRED/);
    expect(clone.hook('reset-record')).toMatchObject({ code: 0, out: expect.stringContaining('Put aside') });
    clone.push();
    expect(clone.push(undefined, override()).ok).toBe(true);
  });

  it('does not count without a reason', () => {
    clone.write('a.env', high());
    clone.commit('a');
    expectBlocked(clone.push());
    const push = clone.push(undefined, { MEMHOLD_OVERRIDE: `${clone.report().scan_id}:` });
    expectBlocked(push);
    expect(push.said).toContain('the reason is one line');
  });

  it.each([
    ['edited', (text: string) => text.replace('release', 'reboot!')],
    ['cut', (text: string) => text.slice(0, -20)],
    ['emptied', () => ''],
    ['written twice', (text: string) => text + text],
  ])('does not count while its record is %s, and that is said', (_, change) => {
    clone.write('a.env', high());
    clone.commit('a');
    clone.push();
    clone.push(undefined, override());
    const file = join(clone.folder, '.git/memhold/overrides.jsonl');
    writeFileSync(file, change(readFileSync(file, 'utf8')));
    clone.write('b.env', high());
    clone.commit('b');
    const push = clone.push();
    expectBlocked(push);
    expect(push.said).toContain('does not verify');
  });
});
