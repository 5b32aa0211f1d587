import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../testing/run.ts';

function project(files: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'policy-'));
  mkdirSync(join(folder, '.memhold'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, '.memhold', name), text);
  const env = { HOME: folder, XDG_CONFIG_HOME: join(folder, 'conf'), APPDATA: join(folder, 'conf') };
  return { folder, security: (...argv: string[]) => run(['security', ...argv], { env }), env };
}
const pattern = (match: string) => `custom_patterns:
  - id: acme-badge
    title: Acme badge
    severity: medium
    keywords: ['badge ']
    pattern: 'badge \\d{6}'
    length: { max: 20 }
    examples: { match: ['${match}'], no_match: ['badge 7'] }
`;
const agent = `import { SecurityAgent } from '@memhold/scanner/agent';
export class ProjectSecurityAgent extends SecurityAgent {
  customPatterns() { return { pii_patterns: ['ward_number'] }; }
}
`;

describe('memhold security init', () => {
  it('writes a policy that check takes, and overwrites none', async () => {
    const { folder, security } = project();
    const file = join(folder, '.memhold', 'security.yaml');
    const { code, out } = await security('init', folder, '--compliance', 'HIPAA, pci dss');
    expect([code, out]).toEqual([0, expect.stringContaining(`Written: ${file}`)]);
    const text = readFileSync(file, 'utf8');
    expect(text).toContain('compliance: [hipaa, pci-dss]');
    expect((await security('check', folder)).code).toBe(0);
    expect(await security('init', folder)).toMatchObject({
      code: 2,
      err: expect.stringContaining('there already'),
    });
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('refuses a framework that it does not know, and writes nothing', async () => {
    const { folder, security } = project();
    const { code, err } = await security('init', folder, '--compliance', 'hippa');
    expect([code, err]).toEqual([2, expect.stringContaining('--compliance takes hipaa, pci-dss')]);
    expect((await security('check', folder)).err).toContain('memhold security init writes one');
  });
});

describe('memhold security check', () => {
  it('shows what comes out, and because of what', async () => {
    const { folder, security } = project({
      'security.yaml': `compliance: [soc2]
posture: high
thresholds: [{ category: secrets, path: 'deploy/**', at_least: veto }]
pii_kinds: { email: warn }
allow: [{ path: 'docs/**', reason: invented, until: '2001-01-01' }]
owners: [{ path: 'src/**', people: ['@acme/billing'] }]
${pattern('badge 700007')}`,
    });
    const { code, out } = await security('check', folder);
    expect(code).toBe(0);
    for (const line of [
      /^posture +high +set in \.memhold\/security\.yaml$/m,
      /^critical findings +veto +high posture$/m,
      /^secrets in deploy\/\*\* +veto at least +thresholds\[0\] of/m,
      /^email +warn at least +pii_kinds\.email of/m,
      /^secrets from medium on +block at least +SOC 2$/m,
      /^acme-badge +medium +Acme badge$/m,
      /^docs\/\*\* +expired on 2001-01-01 +invented$/m,
      /^src\/\*\* +ask @acme\/billing +owners$/m,
    ])
      expect(out).toMatch(line);
    const { out: json } = await security('check', folder, '--json');
    expect(JSON.parse(json)).toMatchObject({
      posture: 'high',
      compliance: [{ name: 'soc2', source: expect.stringMatching(/^https:/) }],
      files: ['.memhold/security.yaml'],
      untrusted_agent: null,
      looser: null,
    });
  });

  it('ends with 1 where a pattern fails its own examples, and does not repeat them', async () => {
    const { folder, security } = project({ 'security.yaml': pattern('bagde 700007') });
    const { code, out, err } = await security('check', folder);
    expect([code, err]).toEqual([1, 'acme-badge: match[0] is not found']);
    expect(out).not.toContain('700007');
  });

  it('runs an agent that is trusted, and ends with 2 where it is not', async () => {
    const { folder, security, env } = project({ 'agent.mjs': agent });
    const before = await security('check', folder);
    expect([before.code, before.err]).toEqual([
      2,
      '.memhold/agent.mjs does not run: look at it, then memhold trust',
    ]);
    const trusted = await run(['trust', folder, '--yes'], { env });
    expect(trusted).toMatchObject({ code: 0, out: expect.stringContaining('agent.mjs') });
    const { code, out } = await security('check', folder);
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/^values of ward_number +veto +\.memhold\/agent\.mjs$/m),
    ]);
    writeFileSync(join(folder, '.memhold', 'agent.mjs'), `${agent} `);
    expect((await security('check', folder)).code).toBe(2);
  });

  it.each([
    ['a settings file that is wrong', { 'security.yaml': 'postur: high' }, /perhaps posture is meant/],
    ['one with another name', { 'security.yml': 'posture: high' }, /rename it to security\.yaml/],
    ['two agents', { 'agent.mjs': agent, 'agent.js': agent }, /both there/],
    ['none', {}, /has no \.memhold\/security\.yaml/],
  ])('refuses %s with 2', async (_, files, message) => {
    const { folder, security } = project(files as Record<string, string>);
    expect(await security('check', folder)).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringMatching(message),
    });
  });
});
