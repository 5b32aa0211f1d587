// The HTML report in a real browser: what a person does with it, at two widths, light and dark, and what a hostile tree
// tries to do with it. With MEMHOLD_TEST_PICTURES=<folder> it leaves pictures of what it saw.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeTokens } from '../../packages/scanner/src/testing/tokens.ts';
import { plantRepository } from '../reports/planted-repository.ts';
import { BIN, node, temporaryFolder } from '../server-process.ts';
import { Chromium, chromium, type Look, type Page } from './chromium.ts';
import { accessibilityFaults } from './page-checks.ts';

const tokens = makeTokens(4_501);
const allow = ['memhold', 'allow'].join(':');
const many = process.env.MEMHOLD_TEST_LONG === '1' ? 20_000 : 3_000;
const pictures = process.env.MEMHOLD_TEST_PICTURES;

let browser: Chromium;
let url: string;

beforeAll(async () => {
  if (chromium === undefined) return;
  browser = await Chromium.start();
  const folder = join(temporaryFolder(), 'claude-multiagent-pm');
  plantRepository(folder);
  const known = `const old = '${tokens.slackBot()}'; // ${allow} slack-token -- revoked in spring\n`;
  writeFileSync(join(folder, 'src/old.js'), known);
  url = reportOf(folder);
});
afterAll(() => browser?.stop());

/** Scans the folder. @returns address of the report */
function reportOf(folder: string): string {
  const file = join(temporaryFolder(), 'scan.html');
  const { status } = spawnSync(node, [BIN, 'scan', '--fail-on', 'never', '--report', `html=${file}`], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder },
  });
  expect(status).toBe(0);
  return pathToFileURL(file).href;
}

const isShown = (page: Page) =>
  page.value<string[]>(
    `[...document.querySelectorAll('#list > li')].filter((one) => one.checkVisibility()).map((one) => one.dataset.path)`,
  );

/** Sets a field of the filter as a person does, and waits for the list. */
const fill = (page: Page, name: string, value: string | boolean) =>
  page.value(`new Promise((done) => {
    const field = document.querySelector('#filter [name=${name}]');
    if (field.type === 'checkbox') field.checked = ${JSON.stringify(value)};
    else field.value = ${JSON.stringify(value)};
    field.dispatchEvent(new Event('input', { bubbles: true }));
    setTimeout(done, 250);
  })`);

describe.skipIf(chromium === undefined)('the HTML report in Chromium', () => {
  const looks: Look[] = [
    { width: 1280 },
    { width: 1280, colours: 'dark' },
    { width: 390 },
    { width: 390, colours: 'dark' },
  ];
  test.each(looks)('looks right: %j', async (look) => {
    const page = await browser.open(url, look);
    const { width, scroll } = await page.value<{ width: number; scroll: number }>(
      '({ width: innerWidth, scroll: document.documentElement.scrollWidth })',
    );
    expect([width, scroll]).toEqual([look.width, look.width]);
    expect(await page.value(accessibilityFaults)).toEqual([]);
    expect(await isShown(page)).toHaveLength(8);
    await page.value(`document.querySelector('#list summary').click()`);
    expect(await page.value(accessibilityFaults)).toEqual([]);
    expect([page.complaints, page.requests]).toEqual([[], []]);
    if (pictures !== undefined) {
      mkdirSync(pictures, { recursive: true });
      const name = `report-${look.width}-${look.colours ?? 'light'}.png`;
      writeFileSync(join(pictures, name), await page.picture());
    }
    await page.close();
  });

  test('filters by severity, category, file and text, shows what is suppressed, and sorts', async () => {
    const page = await browser.open(url, { width: 1280 });
    const count = () => page.value<string>(`document.querySelector('#shown').textContent`);
    expect(await count()).toBe('8 of 9 findings');
    await fill(page, 'category', 'pii');
    expect(await isShown(page)).toEqual([
      expect.stringMatching('support.js'),
      expect.stringMatching('contact.md'),
    ]);
    await page.value(`document.querySelector('#filter [value=low]').click()`);
    await page.value('new Promise((done) => setTimeout(done, 250))');
    expect(await isShown(page)).toEqual([expect.stringMatching('support.js')]);
    await page.value(`document.querySelector('#filter [type=reset]').click()`);
    await fill(page, 'file', 'CONFIG/');
    expect(await count()).toBe('3 of 9 findings');
    await fill(page, 'text', 'aws');
    expect(await isShown(page)).toEqual([expect.stringMatching('aws.js')]);
    await fill(page, 'text', 'nothing is like that');
    expect(await page.value(`document.querySelector('#nothing').checkVisibility()`)).toBe(true);
    await page.value(`document.querySelector('#filter [type=reset]').click()`);
    await fill(page, 'suppressed', true);
    expect(await count()).toBe('9 of 9 findings');
    await fill(page, 'order', 'file');
    const paths = await isShown(page);
    expect(paths).toEqual([...paths].sort());
    await page.close();
  });

  test('opens a finding with the steps of its rule, and leads there from the controls', async () => {
    const page = await browser.open(url, { width: 1280 });
    const text = (selector: string) =>
      page.value<string>(`document.querySelector(${JSON.stringify(selector)}).innerText`);
    await page.value(`document.querySelector('#list summary').click()`);
    await page.value('new Promise((done) => setTimeout(done, 100))');
    expect(await text('#list > li .body')).toMatch(
      /Revoke the credential at AWS IAM[\s\S]+Remove the value[\s\S]+docs\.aws\.amazon\.com/,
    );
    expect(await page.value(`document.querySelectorAll('#list > li .steps li').length`)).toBe(4);
    await page.value(`document.querySelector('button[data-label="8.6.2"]').click()`);
    await page.value('new Promise((done) => setTimeout(done, 100))');
    expect(await isShown(page)).toHaveLength(6);
    const id = await page.value<string>(`document.querySelector('#list > li:last-of-type').id`);
    await page.value(`location.hash = '#${id}'; new Promise((done) => setTimeout(done, 100))`);
    expect(await page.value(`document.getElementById('${id}').firstElementChild.open`)).toBe(true);
    expect(page.complaints).toEqual([]);
    await page.close();
  });

  test('is whole without scripts, and on paper', async () => {
    for (const look of [
      { width: 1280, withoutScripts: true },
      { width: 800, media: 'print' },
    ] as const) {
      const page = await browser.open(url, look);
      expect(await page.value(`document.querySelector('#filter').checkVisibility()`)).toBe(false);
      expect((await isShown(page)).length).toBeGreaterThanOrEqual(8);
      const text = await page.value<string>('document.body.innerText');
      for (const part of ['Blocked: Critical security issues detected', 'Revoke the credential', 'CWE-798'])
        expect(text).toContain(part);
      await page.close();
    }
  });

  test('lets nothing of a hostile tree act', async () => {
    const folder = temporaryFolder();
    const hostile = [
      '"><img src=x onerror=alert(1)>',
      "'><svg onload=alert(1)>",
      '<script>alert(1)<',
      'javascript:alert(1)',
      '\u202egnp.exe',
      'a\u2028alert(1)',
      '&lt;b&gt;',
    ];
    for (const name of hostile) {
      mkdirSync(join(folder, name), { recursive: true });
      const reason = `</script><script>alert(1)</script>${name}`;
      const text = `a = '${tokens.github()}'\nb = '${tokens.slackBot()}' # ${allow} slack-token -- ${reason}\n`;
      writeFileSync(join(folder, name, '<!--.env'), text);
    }
    mkdirSync(join(folder, '.memhold'));
    writeFileSync(
      join(folder, '.memhold/scan.yaml'),
      `rules:
  - id: hostile
    title: '</title></script><script>alert(1)</script>'
    severity: high
    keywords: [QQ-]
    pattern: QQ-\\d{4}-ZZ
    length: { max: 12 }
    remediation: ['<img src=x onerror=alert(1)>']
    references: ['https://host.test/"onmouseover="alert(1)']
    examples: { match: [QQ-0000-ZZ], no_match: [QQ-1-ZZ] }
`,
    );
    writeFileSync(join(folder, 'part'), 'QQ-7361-ZZ\n');
    const page = await browser.open(reportOf(folder), { width: 1280 });
    const shown = await page.value<string[]>(
      `[...document.querySelectorAll('#list .place')].map((one) => one.textContent)`,
    );
    expect(shown).toContainEqual(expect.stringContaining('"><img src=x onerror=alert(1)>'));
    expect(shown).toContainEqual(expect.stringContaining('\\u202egnp.exe'));
    expect(shown.join()).not.toMatch(/[\u2028\u202e]/);
    await page.value(`for (const one of document.querySelectorAll('details')) one.open = true`);
    await page.value('new Promise((done) => setTimeout(done, 100))');
    const active = `document.querySelectorAll('img, iframe, object, embed, [onerror], [onload], [onmouseover], [style], body script:not(:last-child), a[href^="javascript" i]').length`;
    expect(await page.value(active)).toBe(0);
    expect([page.complaints, page.requests]).toEqual([[], []]);
    expect(await page.value('document.documentElement.scrollWidth')).toBe(1280);
    // Even what would get in could not act: the page's own policy refuses it.
    const refused = `new Promise((done) => {
      addEventListener('securitypolicyviolation', (event) => done(event.effectiveDirective));
      const script = document.createElement('script');
      script.textContent = 'window.acted = true';
      document.body.append(script);
    })`;
    expect([await page.value(refused), await page.value('window.acted')]).toEqual([
      'script-src-elem',
      undefined,
    ]);
    await page.close();
  });

  test(`stays usable with ${many} findings`, async () => {
    const folder = temporaryFolder();
    for (let file = 0; file * 1_000 < many; file++) {
      mkdirSync(join(folder, `part-${file % 7}`), { recursive: true });
      const lines = Array.from({ length: 1_000 }, (_, i) => `m = '${tokens.email(`d${file}x${i}.org`)}'`);
      writeFileSync(join(folder, `part-${file % 7}/${file}.txt`), lines.join('\n'));
    }
    const address = reportOf(folder);
    const began = performance.now();
    const page = await browser.open(address, { width: 1280 });
    const loaded = performance.now() - began;
    const filtering = await page.value<number>(`new Promise((done) => {
      const began = performance.now();
      const field = document.querySelector('#filter [name=text]');
      // The frame after the one that the list is laid out in.
      const drawn = () => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - began)));
      new MutationObserver(drawn).observe(document.querySelector('#shown'), { childList: true });
      field.value = '/2.txt:7';
      field.dispatchEvent(new Event('input', { bubbles: true }));
    })`);
    const size = readFileSync(new URL(address)).length;
    console.log(
      `${many} findings: ${(size / 1e6).toFixed(1)} MB, shown after ${Math.round(loaded)} ms, filtered after ${Math.round(filtering)} ms`,
    );
    expect(await page.value(`document.querySelector('#shown').textContent`)).toBe(`111 of ${many} findings`);
    expect(filtering).toBeLessThan(many);
    expect(page.complaints).toEqual([]);
    await page.close();
  });
});
