import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runScanner } from '../../testing/run-scan.ts';
import { makeTokens } from '../../testing/tokens.ts';

const tokens = makeTokens(75);
const allow = ['memhold', 'allow'].join(':');

async function pageOf(files: Record<string, string>): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'html-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, 'a.env'), text);
  }
  return (await runScanner(folder, ['--format', 'html'])).out;
}

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const withoutItsOwn = (page: string) =>
  page.replace(/<style>[\s\S]*?<\/style>/, '').replace(/<script>[\s\S]*?<\/script>/, '');

describe('the HTML report', () => {
  it('lets nothing run but its own script, by a policy that names its hash, and loads nothing', async () => {
    const page = await pageOf({ a: `t = "${tokens.github()}"\n` });
    const [, policy] = /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(page) ?? [];
    const [, style] = /<style>([\s\S]*?)<\/style>/.exec(page) ?? [];
    const [, script] = /<script>([\s\S]*?)<\/script>/.exec(page) ?? [];
    expect(policy).toBe(
      `default-src 'none'; style-src ${hashOf(style!)}; script-src ${hashOf(script!)}; base-uri 'none'; form-action 'none'`,
    );
    expect(script).not.toMatch(/innerHTML|outerHTML|insertAdjacent|document\.write|eval|Function\(/);
    expect(page.indexOf('Content-Security-Policy')).toBeLessThan(page.indexOf('<style>'));
    expect(withoutItsOwn(page)).not.toMatch(
      /<(?:script|img|link|iframe|object|embed|base)\b|\s(?:src|style|on\w+)=/i,
    );
  });

  it.each([
    ['markup that ends its own', '</script><script>alert(1)<'],
    ['an attribute', '"><img src=x onerror=alert(1)>'],
    ['the other quote', "' onmouseover='alert(1)"],
    ['a line of JavaScript', 'a\u2028b\u2029c'],
    ['another direction', 'a\u202eb\u2066c'],
    ['entities', '&lt;img&gt;&#60;'],
    ['half a character', 'a\ud800b'],
    ['escapes of a terminal', 'a\u001b[31mb\r\nc'],
  ])('shows %s in a name as text', async (_name, hostile) => {
    const name = hostile.replaceAll('/', '\u2215');
    const page = await pageOf({
      [name]: `t = "${tokens.github()}"\nk = "${tokens.slackBot()}" # ${allow} slack-token -- ${hostile}\n`,
    });
    const rest = withoutItsOwn(page);
    expect(rest).not.toMatch(/<(?:script|img)\b/i);
    expect(page).not.toMatch(
      /[\u0000-\u0009\u000b-\u001f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]/u,
    );
    for (const [, attributes] of rest.matchAll(/<[a-z][a-z0-9]*((?:\s[^<>]*)?)>/gi))
      expect(attributes).toMatch(/^(?:\s+[\w:-]+(?:="[^"<>]*")?)*\s*\/?$/);
    expect((rest.match(/<li id="SEC-/g) ?? []).length).toBe(2);
  });

  it('links to nothing but the web, whatever a rule of the tree names', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'html-'));
    mkdirSync(join(folder, '.memhold'));
    writeFileSync(
      join(folder, '.memhold/scan.yaml'),
      `rules:
  - id: hostile
    title: Part number
    severity: high
    keywords: [QQ-]
    pattern: QQ-\\d{4}-ZZ
    length: { max: 12 }
    references: ['https://host.test/a"b', 'https://host.test/']
    examples: { match: [QQ-0000-ZZ], no_match: [QQ-1-ZZ] }
`,
    );
    writeFileSync(join(folder, 'part'), 'QQ-7361-ZZ\n');
    const { out } = await runScanner(folder, ['--format', 'html']);
    expect(out).toContain('Part number');
    for (const [, address] of withoutItsOwn(out).matchAll(/<a [^>]*?href="([^"]*)"/g))
      expect(address).toMatch(/^(?:#[\w-]+|https?:\/\/[^"<>]+)$/);
  });
});
