import { hash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { apiDocument } from '../../../../../scripts/api-document.ts';
import { type DescribedRoute, openApiDocument } from '../document.ts';
import { referencePage } from './page.ts';

const document = await apiDocument();
const { html, contentSecurityPolicy } = referencePage(document);
const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
const between = (tag: string) => new RegExp(`<${tag}>(.*?)</${tag}>`, 's').exec(html)?.[1] ?? '';
const all = (pattern: RegExp, text = html) => [...text.matchAll(pattern)].map(([, found]) => found!);
const ids = all(/ id="([^"]+)"/g);

describe('the reference page', () => {
  it('has a place of its own for every operation and schema, and a line in the list', () => {
    const wanted = [
      ...operations.map(({ operationId }) => operationId),
      ...Object.keys(document.components.schemas).map((name) => `schema-${name}`),
    ];
    expect(wanted.length).toBeGreaterThan(10);
    const listed = all(/href="#([^"]+)"/g, /<nav .*<\/nav>/s.exec(html)![0]);
    for (const id of wanted) {
      expect(ids.filter((one) => one === id)).toEqual([id]);
      expect(listed).toContain(id);
    }
  });

  it('has no link that leads nowhere, and no place twice', () => {
    const links = all(/ href="#([^"]+)"/g);
    expect(links.length).toBeGreaterThan(operations.length * 2);
    expect(links.filter((link) => !ids.includes(link))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('says of every operation what the document says: summary, path, right, parameters, answers, errors', () => {
    for (const [path, methods] of Object.entries(document.paths))
      for (const [method, operation] of Object.entries(methods)) {
        const section = html.split(`id="${operation.operationId}"`)[1]!.split('</section>')[0]!;
        expect(section).toContain(`>${method.toUpperCase()}</span> <code>${path}</code>`);
        const right = { public: 'public', authenticated: 'login' }[operation['x-permission'] as string];
        expect(section).toContain(`${right ?? operation['x-permission']}</span>`);
        for (const { name } of operation.parameters)
          expect(section).toContain(`<code class="name">${name}</code>`);
        for (const [status, { content }] of Object.entries(operation.responses))
          expect(section).toMatch(
            content?.['application/problem+json']
              ? new RegExp(`<strong>${status}</strong> [^<]+<a href="#error-`)
              : `<h4>Answer ${status}</h4>`,
          );
        expect(section).toContain('curl ');
      }
  });

  it('tells which shapes, limits and defaults a body has', () => {
    const section = html.split('id="postMemoriesSearch"')[1]!.split('</section>')[0]!;
    expect(section).toContain(
      '<code class="name">query</code> <span class="required">required</span> <span class="type">string · 1 to 8,192 characters</span>',
    );
    expect(section).toContain('integer · 1 to 1,000 · default <code>10</code>');
    expect(section).toContain('array of <a href="#schema-SearchHit">SearchHit</a>');
  });

  it('runs its own script and style and gets nothing from anywhere', () => {
    const own = (text: string) => `'sha256-${hash('sha256', text, 'base64')}'`;
    expect(contentSecurityPolicy).toBe(
      `default-src 'none'; script-src ${own(between('script'))}; style-src ${own(between('style'))}; ` +
        "form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
    );
    expect(html.match(/<(script|style|link|img|iframe|object|embed|form|base)\b/g)).toEqual([
      '<style',
      '<script',
    ]);
    expect(html).not.toMatch(/<[^>]*\s(src|style|srcset|action|on\w+)=/i);
    expect(between('style')).not.toMatch(/url\(|@import/);
    expect(between('script')).not.toMatch(/innerHTML|insertAdjacent|document\.write|fetch|eval|Storage/);
    expect([...new Set(all(/<a[^>]* href="([^#"][^"]*)"/g))]).toEqual(['/openapi.json']);
    expect(html.replaceAll(/<pre>.*?<\/pre>/gs, '')).not.toMatch(/https?:/);
  });

  it('can be used without seeing it: a language, landmarks, headings in order, a label', () => {
    expect(html).toContain('<html lang="en">');
    for (const landmark of ['<header>', '<nav aria-label="Contents">', '<main id="content"'])
      expect(html.split(landmark)).toHaveLength(2);
    expect(all(/<h1>(.*?)<\/h1>/g)).toHaveLength(1);
    const levels = all(/<h([1-6])\b/g).map(Number);
    for (const [at, level] of levels.entries()) expect(level - (levels[at - 1] ?? 0)).toBeLessThan(2);
    expect(html).toContain('<label for="filter">');
    expect(html).toContain('role="status"');
  });

  it('is all there without scripts: only what needs one is hidden', () => {
    expect(new Set(all(/<(\w+)[^>]* hidden>/g))).toEqual(new Set(['search', 'button']));
  });
});

it('hostile words of a document stay words', () => {
  const hostile = `</script></style><img src=x onerror=alert(1)>"'&\``;
  const schema = z
    .object({ [hostile]: z.enum([hostile]).default(hostile).meta({ description: hostile }) })
    .meta({ id: 'Hostile', description: hostile });
  const union = z.union([schema, z.object({ [hostile]: z.literal(hostile) }), z.string().regex(/<b>"/)]);
  const route: DescribedRoute = {
    method: 'POST',
    url: `/memories/${hostile}`,
    access: 'memories:read',
    describe: {
      summary: hostile,
      details: `\`${hostile}`,
      query: z.object({ [hostile]: z.string() }),
      body: z.object({ [hostile]: union }),
      headers: { [hostile]: hostile },
      answers: {
        200: z.record(z.string(), z.literal(hostile)),
        202: { media: `a/${hostile}`, description: hostile },
      },
      errors: [hostile],
    },
  };
  const named = openApiDocument([route], hostile);
  const page = referencePage({
    ...named,
    info: { ...named.info, title: hostile, description: hostile },
    components: {
      schemas: { ...named.components.schemas, [hostile]: { $ref: `#/components/schemas/${hostile}` } },
      securitySchemes: { one: { type: 'apiKey', name: hostile, description: hostile } },
    },
    tags: [{ name: 'Memories', description: hostile }],
  });
  const plain = page.html.replace(/<style>.*?<\/style>/s, '').replace(/<script>.*?<\/script>/s, '');
  expect(plain).not.toMatch(/<img|<\/?script|<\/?style|<b>/);
  // Every attribute ends where it was meant to: what is left of the tags is nothing but tags.
  const tags = plain.match(/<[^>]*>/g)!;
  for (const tag of tags) expect(tag).toMatch(/^<(!doctype html|\/?\w+( [\w-]+(="[^"<>]*")?)*)>$/);
  expect(plain.replaceAll(/<[^>]*>/g, '')).not.toMatch(/[<>]/);
});
