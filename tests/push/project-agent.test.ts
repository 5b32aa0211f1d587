// The project's own agent: it runs from trusted bytes of the default branch, and can only make a decision stricter.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  hashOf,
  readTrusted,
  trustFile,
  writeTrusted,
} from '../../packages/scanner/src/custom-rules/trust-store.ts';
import { BIN, type Clone } from './clone.ts';
import { eachWithAClone } from './each-with-a-clone.ts';
import { critical, expectBlocked, expectPassed, high, medium } from './samples.ts';

let clone: Clone;
eachWithAClone((fresh) => {
  clone = fresh;
});

const agentWith = (body: string) => `import { SecurityAgent } from '@memhold/scanner/agent';
export class ProjectSecurityAgent extends SecurityAgent {
  ${body}
}
`;
/** As `memhold trust` does. */
function trust(code: string): void {
  const list = trustFile({ HOME: clone.home });
  const one = { sha256: hashOf(Buffer.from(code)), path: '/agent', trustedAt: '2026-11-22T12:00:00.000Z' };
  writeTrusted(list, [...readTrusted(list), one]);
}
/** Puts an agent on the default branch. */
function settle(code: string, name = '.memhold/agent.mjs'): void {
  clone.write(name, code);
  clone.commit('agent');
  clone.git('push', '-q', '--no-verify', 'origin', 'HEAD:main');
}
function settleTrusted(body: string): void {
  const code = agentWith(body);
  settle(code);
  trust(code);
}
function pushed(name: string, content: string) {
  clone.write(name, content);
  clone.commit(name);
  return clone.push();
}
const override = () => ({ MEMHOLD_OVERRIDE: `${clone.report().scan_id}: needed for the release today` });

describe('a trusted agent', () => {
  it('of the seed raises the posture, guards fields and follows a framework', () => {
    const code = agentWith(`posture: 'medium' | 'high' = 'high';
  customPatterns() {
    return { pii_patterns: ['ward_number', 'medical_record'], compliance: 'HIPAA' };
  }`);
    settle(code, '.memhold/agent.ts');
    trust(code);
    expectBlocked(pushed('seed.json', '{"ward_number": "W-70021-88"}\n'));
    expect(clone.report()).toMatchObject({
      security_posture: 'high',
      findings: [{ rule_id: 'regulated-ward-number' }],
      policy: {
        compliance: ['hipaa'],
        evidence: expect.arrayContaining([
          'high posture: set in .memhold/agent.ts',
          'high posture: asked for by HIPAA',
        ]),
      },
    });
  });

  it('blocks what nothing else blocks, with a reason, and is overridden on record', () => {
    settleTrusted(
      "decide(findings, { refs }) { return { verdict: 'BLOCK', reason: 'no pushes to ' + refs }; }",
    );
    const push = pushed('README.md', '# Clean\n');
    expectBlocked(push);
    expect(push.said).toContain('The project agent blocks: no pushes to refs/heads/main');
    expect(clone.report().veto_reason).toContain('no pushes to refs/heads/main');
    expect(clone.push(undefined, override()).ok).toBe(true);
  });

  it('is final where it says so', () => {
    settleTrusted("decide() { return { verdict: 'BLOCK', reason: 'a freeze', final: true }; }");
    expectBlocked(pushed('README.md', '# Clean\n'));
    expectBlocked(clone.push(undefined, override()));
  });

  it('explains what blocks, and is told of the veto after it', () => {
    const note = join(clone.root, 'told');
    settleTrusted(`explain(finding) { return 'read runbook 7 before ' + finding.file; }
  async onVeto(findings, context) {
    (await import('node:fs')).writeFileSync(${JSON.stringify(note)}, findings.length + context.verdict);
  }`);
    const push = pushed('db.env', high());
    expectBlocked(push);
    expect(push.said).toContain('Here: read runbook 7 before db.env');
    expect(readFileSync(note, 'utf8')).toBe('1BLOCK');
  });

  it('never sees a value, nor the environment', () => {
    settleTrusted(
      'decide(findings) { return { reason: JSON.stringify([findings, process.env]).slice(0, 290) }; }',
    );
    const text = high();
    expectBlocked(pushed('db.env', text));
    const [evidence] = clone.report().policy.evidence;
    expect(evidence).toContain('project agent: ');
    expect(evidence).not.toContain(/"(.*)"/.exec(text)![1]);
  });

  it('cannot let anything through: trying stops the push, also where nothing else would', () => {
    settleTrusted("decide(f, { verdict }) { return { verdict: 'ALLOW', reason: 'trust me' }; }");
    const push = pushed('team.md', medium());
    expectBlocked(push);
    expect(push.said).toContain('it would loosen WARN to ALLOW');
    expectBlocked(clone.push(undefined, override()));
    expectBlocked(pushed('k.env', critical()));
  });

  it('counts in the repository that is pushed to', () => {
    settleTrusted("decide() { return { verdict: 'BLOCK', reason: 'a freeze' }; }");
    clone.run(clone.remote, process.execPath, [BIN, 'hook', 'install']);
    clone.write('README.md', '# Clean\n');
    clone.commit('clean');
    expectBlocked(clone.push(['--no-verify', 'origin', 'HEAD:main']));
  });

  it('judges scans too', () => {
    const code = agentWith("decide() { return { verdict: 'BLOCK', reason: 'a freeze' }; }");
    clone.write('.memhold/agent.mjs', code);
    trust(code);
    const { code: exit, out } = clone.program(['--json', 'README.md']);
    expect([exit, JSON.parse(out).veto_reason]).toEqual([1, 'The project agent blocks: a freeze']);
  });
});

describe('an agent that is not to be relied on stops every push', () => {
  it('where nobody trusted it, and it does not run', () => {
    settle(agentWith('}; (await import("node:fs")).writeFileSync("ran", ""); class B {'));
    const push = pushed('README.md', '# Clean\n');
    expectBlocked(push);
    expect(push.said).toContain('.memhold/agent.mjs of the default branch is not trusted');
    expect(() => readFileSync(join(clone.folder, 'ran'))).toThrow(/ENOENT/);
    const scan = clone.program(['README.md']);
    expect([scan.code, scan.out]).toEqual([
      2,
      expect.stringContaining('which nobody trusted: see memhold trust'),
    ]);
  });

  it('where its bytes changed after they were trusted', () => {
    settleTrusted('');
    expectPassed(pushed('README.md', '# Clean\n'));
    settle(`${agentWith('')} `);
    const push = pushed('README.md', '# Cleaner\n');
    expectBlocked(push);
    expect(push.said).toContain('is not trusted');
  });

  it.each([
    ['throws as it loads', 'static { throw new TypeError("at first"); }', 'it cannot be loaded (TypeError)'],
    ['throws', 'decide() { throw new RangeError("what it read"); }', 'decide threw RangeError'],
    ['hangs', 'decide() { for (;;); }', 'decide took too long: it has 3 seconds'],
  ])('where it %s, and nothing overrides that', (_, body, reason) => {
    settleTrusted(body);
    const push = pushed('README.md', '# Clean\n');
    expectBlocked(push);
    expect(push.said).toContain(reason);
    expect(push.said).not.toMatch(/at first|what it read/);
  });

  it('where it fails to explain: what it says is needed all the same', () => {
    settleTrusted("explain() { throw new Error('x'); }");
    const push = pushed('db.env', high());
    expectBlocked(push);
    expect(push.said).toContain('explain threw Error');
    expectBlocked(clone.push(undefined, override()));
  });
});

it('is not run where the default branch is not known: the strictest counts that it could ask for', () => {
  settleTrusted("decide() { return { verdict: 'BLOCK', reason: 'a freeze' }; }");
  clone.git('remote', 'set-head', 'origin', '-d');
  clone.git('update-ref', 'refs/remotes/origin/trunk', 'refs/remotes/origin/main');
  clone.git('update-ref', '-d', 'refs/remotes/origin/main');
  expectBlocked(pushed('team.md', medium()));
  expect(clone.report().policy.evidence).toEqual([
    'high posture: .memhold/agent.mjs of a branch, which is not run here',
  ]);
});

describe('an agent of the commits that are pushed', () => {
  it('has no say: neither runs it, nor does it take the place of the one on the default branch', () => {
    settleTrusted("decide() { return { verdict: 'BLOCK', reason: 'a freeze' }; }");
    const code = agentWith('');
    trust(code);
    clone.write('.memhold/agent.mjs', code);
    expectBlocked(pushed('README.md', '# Clean\n'));
    clone.git('rm', '-q', '.memhold/agent.mjs');
    expectBlocked(pushed('README.md', '# Cleaner\n'));
  });

  it('is pushed as any other file, before anybody trusted it', () => {
    expectPassed(pushed('.memhold/agent.mjs', agentWith('')));
  });
});
