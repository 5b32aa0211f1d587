// What a project says of its pushes in .memhold/security.yaml: it counts from the default branch, and makes nothing looser.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BIN, type Clone } from './clone.ts';
import { eachWithAClone } from './each-with-a-clone.ts';
import { critical, expectBlocked, expectPassed, high, medium, tokens } from './samples.ts';

let clone: Clone;
eachWithAClone((fresh) => {
  clone = fresh;
});

const file = '.memhold/security.yaml';
/** Puts settings on the default branch. */
function settle(text: string): void {
  clone.write(file, text);
  clone.commit('policy');
  clone.git('push', '-q', '--no-verify', 'origin', 'HEAD:main');
}
const patterns = (value: string) => `custom_patterns:
  - id: acme-badge
    title: Acme badge
    severity: high
    keywords: ['badge ']
    pattern: 'badge (${value})'
    group: 1
    length: { max: 20 }
    examples: { match: ['badge 700007', 'badge abcabc'], no_match: ['badge 7'] }
`;
function pushed(name: string, content: string) {
  clone.write(name, content);
  clone.commit(name);
  return clone.push();
}

describe('the policy of a project', () => {
  it('follows a framework, which raises the posture and is named in banner and report', () => {
    settle('compliance: [HIPAA]\n');
    const push = pushed('team.md', medium());
    expectBlocked(push);
    expect(push.said).toContain('- high posture: asked for by HIPAA');
    expect(clone.report()).toMatchObject({
      security_posture: 'high',
      override_available: false,
      policy: { compliance: ['hipaa'], evidence: ['high posture: asked for by HIPAA'] },
    });
  });

  it('names fields whose values are regulated, and no value is shown', () => {
    settle('pii_patterns: [ward_number]\n');
    expectPassed(pushed('schema.sql', 'ward_number VARCHAR(20) NOT NULL\n'));
    const push = pushed('seed.json', '{"wardNumber": "W-70021-88"}\n');
    expectBlocked(push);
    expect(push.said).toContain('Value of the regulated field ward_number');
    expect(push.said).not.toContain('70021');
    expect(JSON.stringify(clone.report())).not.toContain('70021');
    expect(clone.report()).toMatchObject({ security_posture: 'high' });
  });

  it('has patterns of its own', () => {
    settle(patterns('\\d{6}'));
    expectBlocked(pushed('notes.md', 'my badge 123456\n'));
    expect(clone.report().findings).toMatchObject([{ rule_id: 'acme-badge', file: 'notes.md' }]);
  });

  it('blocks what warns elsewhere, where it says so, and lets it be overridden with a reason', () => {
    settle("thresholds:\n  - { category: pii, path: 'exports/**', at_least: block }\n");
    expectPassed(pushed('team.md', medium()));
    const push = pushed('exports/team.md', medium());
    expectBlocked(push);
    expect(push.said).toContain('- block: thresholds[0] of .memhold/security.yaml');
    const override = { MEMHOLD_OVERRIDE: `${clone.report().scan_id}: an invented person of a test` };
    expect(clone.push(undefined, override).ok).toBe(true);
  });

  it('vetoes what could be overridden, where it says so', () => {
    settle('thresholds:\n  - { severity: high, category: secrets, at_least: veto }\n');
    const push = pushed('db.env', high());
    expectBlocked(push);
    expect(push.said).toContain('Nothing overrides this: the project does not let it be overridden.');
    expectBlocked(
      clone.push(undefined, { MEMHOLD_OVERRIDE: `${clone.report().scan_id}: needed for release` }),
    );
  });

  it('judges what lies at several paths by the strictest of them', () => {
    settle("thresholds:\n  - { category: pii, path: 'exports/**', at_least: block }\n");
    const person = medium();
    clone.write('a/team.md', person);
    clone.write('exports/team.md', person);
    clone.commit('twice the same');
    expectBlocked(clone.push());
  });

  it('names whom to ask', () => {
    settle(
      "owners:\n  - { path: '*.env', people: ['@acme/ops'] }\n  - { path: 'billing/**', people: ['@acme/billing'] }\n",
    );
    const push = pushed('billing/db.env', high());
    expectBlocked(push);
    expect(push.said).toContain('Ask: @acme/billing');
    expect(clone.report().findings[0]).toMatchObject({ owners: ['@acme/billing'] });
  });

  it('allows what it knows, until its day is over; a critical finding by its fingerprint alone', () => {
    const until = (year: number) =>
      `allow:\n  - { path: 'samples/**', reason: invented, until: '${year}-01-01' }\n`;
    settle(until(2001));
    expectBlocked(pushed('samples/db.env', high()));
    clone.git('reset', '-q', '--hard', 'origin/main');
    settle(until(2999));
    expectPassed(pushed('samples/db.env', high()));
    expect(clone.report()).toMatchObject({ suppressed: [{ suppressed_by: 'allow-list' }] });
    expectBlocked(pushed('samples/key.env', critical()));
  });

  it.each([
    ['a laxer posture', 'posture: medium\n'],
    ['an allow-list', "allow:\n  - { path: '**', reason: trust me }\n"],
    ['nothing at all', undefined],
  ])('is not that of the commits which are pushed: with %s they are judged as before', (_, text) => {
    settle('posture: high\ncompliance: [soc2]\n');
    if (text === undefined) clone.git('rm', '-q', file);
    else clone.write(file, text);
    expectBlocked(pushed('team.md', medium()));
    expect(clone.report().security_posture).toBe('high');
  });

  it('that is stricter counts once it is on the default branch, not before', () => {
    clone.write(file, 'posture: high\n');
    expectPassed(pushed('team.md', medium()));
    expectBlocked(pushed('team2.md', medium()));
  });

  it.each([
    ['an unknown key', 'postur: high\n', /security\.yaml: the file has an unknown key, perhaps posture/],
    [
      'a threshold that loosens',
      'thresholds:\n  - { severity: critical, at_least: warn }\n',
      /would make it looser/,
    ],
    ['two agents', 'posture: high\n', /are both there/],
  ])('with %s stops every push, and says why', (name, text, message) => {
    if (name === 'two agents')
      for (const one of ['agent.js', 'agent.mjs']) clone.write(`.memhold/${one}`, '//\n');
    settle(text);
    const push = pushed('README.md', '# Clean\n');
    expectBlocked(push);
    expect(push.said).toMatch(message);
  });

  it('is the strictest of any branch where the default branch is not known', () => {
    settle(`${patterns('\\d{6}')}pii_patterns: [ward_number]\n`);
    clone.git('update-ref', 'refs/remotes/origin/trunk', 'HEAD');
    settle(`${patterns('[a-f]{6}')}compliance: [hipaa]\n`);
    clone.git('update-ref', 'refs/remotes/origin/next', 'HEAD');
    clone.git('update-ref', 'refs/remotes/origin/same', 'HEAD');
    clone.git('remote', 'set-head', 'origin', '-d');
    clone.git('update-ref', '-d', 'refs/remotes/origin/main');
    clone.write('badges.md', 'my badge 123456, your badge abcdef\n');
    expectBlocked(pushed('seed.json', '{"ward_number": "W-70021-88"}\n'));
    expect(clone.report()).toMatchObject({ security_posture: 'high', policy: { compliance: ['hipaa'] } });
    const found = clone.report().findings.map(({ rule_id }) => rule_id);
    expect(found.sort()).toEqual(['acme-badge', 'acme-badge-2', 'regulated-ward-number']);
  });

  it('counts in the repository that is pushed to, for whoever skips the hook', () => {
    settle('thresholds:\n  - { category: pii, at_least: block }\n');
    clone.run(clone.remote, process.execPath, [BIN, 'hook', 'install']);
    clone.write('team.md', medium());
    clone.commit('team');
    const push = clone.push(['--no-verify', 'origin', 'HEAD:main']);
    expectBlocked(push);
    expect(push.said).toContain('thresholds[0] of .memhold/security.yaml');
  });
});

describe('a scan', () => {
  it('keeps to the same policy, and ends with 1 where it blocks', () => {
    clone.write(file, 'thresholds:\n  - { category: pii, at_least: block }\n');
    clone.write('team.md', medium());
    const { code, out } = clone.program(['--json']);
    expect([code, JSON.parse(out).veto_decision]).toEqual([1, 'BLOCK']);
    expect(JSON.parse(out).policy.evidence).toEqual(['block: thresholds[0] of .memhold/security.yaml']);
    expect(clone.program(['--fail-on', 'never']).code).toBe(0);
  });

  it('of a folder inside names whom to ask, and judges, by paths from the top', () => {
    clone.write(
      file,
      "owners:\n  - { path: 'billing/**', people: ['@acme/billing'] }\nthresholds:\n  - { path: 'billing/**', at_least: block }\n",
    );
    clone.write('billing/team.md', medium());
    const done = spawnSync(process.execPath, [BIN, '--json', 'team.md'], {
      cwd: join(clone.folder, 'billing'),
      env: clone.env(),
    });
    const report = JSON.parse(done.stdout.toString());
    expect(report).toMatchObject({ veto_decision: 'BLOCK', findings: [{ owners: ['@acme/billing'] }] });
    expect(done.stderr.toString()).toContain(
      'the policy of the project blocks: Medium security issues detected',
    );
  });

  it('says where the policy of the work tree is looser than that of the default branch', () => {
    settle('posture: high\npii_patterns: [ward_number]\n');
    const quiet = clone.program(['README.md']);
    expect(quiet.err).toBe('');
    clone.write(file, `posture: medium\nallow:\n  - { path: '*', reason: '${tokens.github()}' }\n`);
    const { err } = clone.program(['README.md']);
    expect(err).toContain(
      "looser than the default branch's, by which pushes are judged: posture medium in place of high; without the regulated fields ward_number; with 1 more in its allow-list",
    );
    clone.git('rm', '-qf', file);
    mkdirSync(join(clone.folder, 'deep'));
    expect(clone.program(['README.md']).err).toContain('posture medium in place of high');
  });
});
