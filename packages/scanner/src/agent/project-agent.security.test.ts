import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AgentContext, AgentFinding } from '../agent.ts';
import { makeTokens } from '../testing/tokens.ts';
import { AgentFault } from './agent-fault.ts';
import { ProjectAgent } from './project-agent.ts';
import { runPolicy } from './read-policy.ts';
import { parseSecurity } from './security-settings.ts';

const begin = "import { SecurityAgent } from '@memhold/scanner/agent';\n";
const agentWith = (body: string, before = '') =>
  `${begin}${before}export class ProjectSecurityAgent extends SecurityAgent {\n${body}\n}`;
const trusted = (code: string, name = '.memhold/agent.mjs') => ({
  name,
  base64: Buffer.from(code).toString('base64'),
});

const running: ProjectAgent[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
});
/** What hangs need not hang for long. */
const limitFor = (code: string) => (/for \(;;\)|new Promise/.test(code) ? 600 : undefined);
async function start(code: string, name?: string): Promise<ProjectAgent> {
  const agent = await ProjectAgent.start(trusted(code, name), limitFor(code));
  running.push(agent);
  return agent;
}

const finding: AgentFinding = {
  fingerprint: 'github-token:1:2',
  rule_id: 'github-token',
  category: 'secret',
  severity: 'high',
  confidence: 'high',
  validated: true,
  title: 'GitHub token',
  file: 'a.ts',
  line: 1,
  preview: 'ghp_…(32–63)',
  owners: [],
};
const context: AgentContext = {
  project: 'shop',
  date: '2026-11-22',
  posture: 'medium',
  compliance: [],
  verdict: 'BLOCK',
  reason: 'High security issues detected',
  override_available: true,
  refs: ['refs/heads/main'],
  commits: 1,
};
/** Does what it is told, so that not every answer needs an agent of its own. */
const obedient = agentWith(`
  decide(findings, context) { return new Function('findings', 'context', context.project)(findings, context); }`);
let shared: ProjectAgent;
beforeAll(async () => {
  shared = await ProjectAgent.start(trusted(obedient));
});
afterAll(() => shared.stop());
const decide = (body: string, more: Partial<AgentContext> = {}, agent = shared) =>
  agent.decide([finding], { ...context, ...more, project: body });

async function expectFault(answer: Promise<unknown>, message: RegExp): Promise<void> {
  const fault = await answer.catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(AgentFault);
  expect((fault as Error).message).toMatch(message);
  expect((fault as Error).message).not.toContain('ghp_');
}

describe('a project agent', () => {
  it('says what the project guards, by the names of the settings', async () => {
    const body = `posture = 'high';
      customPatterns() { return { pii_patterns: ['patient_id', 'medical_record'], compliance: 'HIPAA' }; }`;
    expect(await (await start(agentWith(body))).describe()).toMatchObject({
      posture: 'high',
      piiPatterns: ['patient_id', 'medical_record'],
      compliance: ['hipaa'],
    });
  });

  it('is asked about findings and the decision, also asynchronously, and about each that blocks', async () => {
    const agent = await start(
      agentWith(`
        async decide(findings, context) {
          return { verdict: 'BLOCK', reason: findings[0].file + ' ' + context.refs, block: [findings[0].fingerprint] };
        }
        explain(finding) { return 'ask ' + finding.title; }
        onVeto() { return 'whatever'; }`),
    );
    expect(await agent.decide([finding], context)).toMatchObject({
      verdict: 'BLOCK',
      reason: 'a.ts refs/heads/main',
      block: [finding.fingerprint],
    });
    expect(await agent.explain([finding], context)).toEqual(['ask GitHub token']);
    await expect(agent.onVeto([finding], context)).resolves.toBeUndefined();
  });

  it('that says nothing changes nothing', async () => {
    const agent = await start(agentWith(''));
    expect(await agent.decide([finding], context)).toBeUndefined();
    expect(await agent.explain([finding], context)).toEqual([undefined]);
  });

  it('may be written in TypeScript, and import modules of Node', async () => {
    const code = agentWith(
      "explain(finding: { file: string }): string { return createHash('sha256').update(finding.file).digest('hex').slice(0, 8); }",
      "import { createHash } from 'node:crypto';\n",
    );
    const [line] = await (await start(code, '.memhold/agent.ts')).explain([finding], context);
    expect(line).toMatch(/^[\da-f]{8}$/);
  });

  it('sees nothing of the environment', async () => {
    const body = 'explain() { return Object.keys(process.env).length + " " + process.argv.length; }';
    expect(await (await start(agentWith(body))).explain([finding], context)).toEqual(['0 2']);
  });
});

describe('a project agent that is not as it must be', () => {
  it.each([
    ['imports a file', `import '/etc/hostname';\n${agentWith('')}`, /imports something else/],
    ['imports a file beside it', `import './other.mjs';\n${agentWith('')}`, /imports something else/],
    ['imports a package', `import 'yaml';\n${agentWith('')}`, /imports something else/],
    ['imports a file later', agentWith('', "await import('./other.mjs');\n"), /imports something else/],
    ['has a mistake in its syntax', `${begin}export class {{`, /cannot be loaded \(SyntaxError\)/],
    ['throws', agentWith('', 'throw new TypeError("ghp_");\n'), /cannot be loaded \(TypeError\)/],
    ['exports something else', 'export const posture = "high";', /no class ProjectSecurityAgent/],
    ['extends nothing', 'export class ProjectSecurityAgent {}', /no class ProjectSecurityAgent/],
    ['ends its thread', agentWith('', 'process.exit(0);\n'), /its thread ended/],
    ['never loads', agentWith('', 'await new Promise(() => {});\n'), /too long to load/],
    ['loads without end', agentWith('', 'for (;;);\n'), /too long to load/],
  ])('and %s is not run, and says why', async (_, code, message) => {
    await expectFault(start(code), message);
  });

  it.each([
    ['throws', 'throw new RangeError("ghp_secret");', /decide threw RangeError/],
    ['throws what is no error', 'throw "ghp_secret";', /decide threw Error/],
    ['is rejected', 'return Promise.reject(new Error("ghp_secret"));', /decide threw Error/],
    ['answers with a text', 'return "ALLOW";', /must be an object/],
    ['answers with something unknown', 'return { reason: "x", override: true };', /unknown key/],
    ['would loosen', 'return { verdict: "ALLOW", reason: "trust me" };', /loosen BLOCK to ALLOW/],
    ['would loosen a little', 'return { verdict: "WARN", reason: "trust me" };', /loosen BLOCK to WARN/],
    ['gives no reason', 'return { verdict: "BLOCK" };', /reason must be a text/],
    ['steers a terminal', 'return { reason: "a\\u001b[2K" };', /reason has a line break/],
    ['names a finding that is none', 'return { reason: "x", block: ["y"] };', /of no finding/],
    ['answers without end', 'return { reason: "x".repeat(300000) };', /too large/],
    ['cannot be written as JSON', 'const a = {}; a.a = a; return a;', /decide threw TypeError/],
  ])('and %s when it decides is a fault', async (_, body, message) => {
    await expectFault(decide(body), message);
  });

  it.each([
    [
      'throws later',
      'setTimeout(() => { throw new Error("ghp_secret"); }); return new Promise(() => {});',
      /thread failed/,
    ],
    ['hangs', 'for (;;);', /decide took too long: it has 0\.6 seconds/],
    [
      'takes all memory',
      'const all = []; for (;;) all.push(new Array(1e6).fill(1.5));',
      /thread (failed|ended)|too long/,
    ],
    ['ends its thread', 'process.exit(0);', /its thread ended/],
  ])('and %s when it decides is a fault, and answers nothing more', async (_, body, message) => {
    const agent = await ProjectAgent.start(trusted(obedient), 600);
    running.push(agent);
    await expectFault(decide(body, {}, agent), message);
    await expectFault(agent.explain([finding], context), /./);
  });

  it('and says in the name of its thread what steers a terminal, or a secret, shows neither', async () => {
    const token = makeTokens(94).github();
    const agent = await start(
      agentWith(
        `decide() {
          parentPort.postMessage({ is: 'fault', reason: '\\u001b[2J ${token}' });
          return new Promise(() => {});
        }`,
        "import { parentPort } from 'node:worker_threads';\n",
      ),
    );
    const fault: Error = await agent.decide([finding], context).then(
      () => expect.unreachable(),
      (error) => error,
    );
    expect(fault).toBeInstanceOf(AgentFault);
    expect(fault.message).not.toMatch(/\u001b/);
    expect(fault.message).not.toContain(token);
  });

  it('and answers with what is no data has no opinion', async () => {
    await expect(decide('return () => 1;')).resolves.toBeUndefined();
  });

  it('and would lower the posture is a fault, in what it decides and in what it is', async () => {
    await expect(decide("return { posture: 'medium', reason: 'x' };", { posture: 'high' })).rejects.toThrow(
      /lower the posture/,
    );
    const settings = await parseSecurity('posture: high');
    await expect(runPolicy(settings, trusted(agentWith("posture = 'medium';")))).rejects.toThrow(
      /lower the posture/,
    );
  });

  it.each([
    ['allows something', "return { allow: [{ path: '**', reason: 'trust me' }] };", /allows nothing/],
    ['names owners', "return { owners: [{ path: '**', people: ['@me'] }] };", /names no owners/],
    ['names a framework that is none', "return { compliance: 'HIPPA' };", /compliance must be one of/],
    ['gives a text', "return 'HIPAA';", /its answer has an unknown key/],
  ])('and %s in its patterns is a fault', async (_, body, message) => {
    const agent = await start(agentWith(`customPatterns() { ${body} }`));
    await expect(agent.describe()).rejects.toThrow(message);
  });
});
