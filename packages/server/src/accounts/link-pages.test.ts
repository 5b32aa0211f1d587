import { hash } from 'node:crypto';
import { runInNewContext } from 'node:vm';
import { afterAll, describe, expect, it } from 'vitest';
import { buildApp } from '../http/app.ts';
import { linkPages } from './link-pages.ts';
import { linkRoutes } from './link-routes.ts';

const app = buildApp({
  maxBodyBytes: 1024,
  logLevel: 'silent',
  trustedProxies: [],
  authenticate: () => Promise.reject(new Error('nobody is asked who they are')),
  refused() {},
  checkSignedBody() {},
  limit() {},
  now: Date.now,
});
linkRoutes(app);
afterAll(() => app.close());
const get = (url: string) => app.inject({ method: 'GET', url });
const WITH_TOKEN = ['verify-email', 'reset-password', 'change-email', 'invitation'];
const PAGES = [...WITH_TOKEN, 'forgot-password'];
const between = (html: string, tag: string) =>
  new RegExp(`<${tag}>(.*?)</${tag}>`, 's').exec(html)?.[1] ?? '';

it('there is a page for every link that a mail has', () => {
  expect([...linkPages.keys()].sort()).toEqual([...PAGES].sort());
});

describe.each(PAGES)('the page of %s', (name) => {
  it('is kept by nobody, tells nobody where it was, and is not shown in frames', async () => {
    const { statusCode, headers } = await get(`/auth/links/${name}`);
    expect(statusCode).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['set-cookie']).toBeUndefined();
  });

  it('runs its own script and style and nothing else', async () => {
    const { body, headers } = await get(`/auth/links/${name}`);
    const [script, style] = [between(body, 'script'), between(body, 'style')];
    const own = (text: string) => `'sha256-${hash('sha256', text, 'base64')}'`;
    expect(headers['content-security-policy']).toBe(
      `default-src 'none'; script-src ${own(script)}; style-src ${own(style)}; connect-src 'self'; ` +
        "form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
    );
    expect(body.match(/<(script|style)\b/g)).toEqual(['<style', '<script']);
    expect(body).not.toMatch(/\b(src|href|style|on\w+)=|innerHTML|https?:\/\//i);
  });

  it('can be used without seeing it: a language, a heading, a label for every field, answers that are read out', async () => {
    const { body } = await get(`/auth/links/${name}`);
    expect(body).toMatch(/<html lang="en">/);
    expect(body.match(/<h1>/g)).toHaveLength(1);
    expect(body).toMatch(/role="status"/);
    const inputs = [...body.matchAll(/<input id="(\w+)"/g)].map(([, id]) => id);
    const labels = [...body.matchAll(/<label for="(\w+)"/g)].map(([, id]) => id);
    expect(labels).toEqual(inputs);
    expect(new Set(inputs).size).toBe(inputs.length);
  });
});

it.each(['', 'verify-email2', 'constructor', '__proto__', '%3Cscript%3E'])(
  'another page, %j, is not there',
  async (name) => {
    const answer = await get(`/auth/links/${name}`);
    expect(answer.statusCode).toBe(404);
    expect(answer.headers['content-type']).toContain('application/problem+json');
  },
);

it('a token in the path or query finds nothing and changes nothing', async () => {
  expect((await get('/auth/links/verify-email/mhv_token')).statusCode).toBe(404);
  const plain = await get('/auth/links/verify-email');
  expect((await get('/auth/links/verify-email?token=mhv_token')).body).toBe(plain.body);
});

/** As much of a browser as the script of a page asks for. */
async function opened(name: string, hash: string, typed: Record<string, string>) {
  const { body } = await get(`/auth/links/${name}`);
  const tag = /<form (hidden )?([^>]*)>/.exec(body)!;
  const data = [...tag[2]!.matchAll(/data-(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value]);
  const listeners = new Map<string, (event: object) => Promise<void>>();
  const form = {
    hidden: tag[1] !== undefined,
    dataset: Object.fromEntries(data),
    elements: {},
    querySelector: () => ({}),
    addEventListener: (type: string, listener: () => Promise<void>) => listeners.set(type, listener),
    reset() {},
  };
  const message = { textContent: '', focus() {} };
  const sent: { url: string; body: unknown }[] = [];
  runInNewContext(between(body, 'script'), {
    document: { querySelector: () => form, getElementById: () => message },
    location: { hash, pathname: `/auth/links/${name}` },
    history: { replaceState() {} },
    FormData: class {
      *[Symbol.iterator]() {
        yield* Object.entries(typed);
      }
    },
    fetch: async (url: string, request: { body: string }) => {
      sent.push({ url, body: JSON.parse(request.body) });
      return { ok: true };
    },
    addEventListener() {},
  });
  const press = () => listeners.get('submit')!({ preventDefault() {} });
  return { form, message, sent, press };
}

it.each(WITH_TOKEN)(
  'the form of %s shows with the token of its link alone, and sends nothing by itself',
  async (name) => {
    const without = await opened(name, '', {});
    expect([without.form.hidden, without.message.textContent]).toEqual([
      true,
      expect.stringMatching(/whole link/),
    ]);
    const withToken = await opened(name, '#mhx_token', { username: 'u' });
    expect([withToken.form.hidden, withToken.message.textContent, withToken.sent]).toEqual([false, '', []]);
    await withToken.press();
    const key = name === 'invitation' ? 'invitation' : 'token';
    expect(withToken.sent.map(({ body }) => body)).toEqual([{ [key]: 'mhx_token', username: 'u' }]);
  },
);

it('who forgot a password needs no token: the address alone is sent, and the answer is the same for any', async () => {
  const { form, message, sent, press } = await opened('forgot-password', '', { email: 'a@example.org' });
  expect([form.hidden, message.textContent]).toEqual([false, '']);
  await press();
  expect(sent).toEqual([{ url: '/auth/forgot-password', body: { email: 'a@example.org' } }]);
  expect(message.textContent).toMatch(/^If there is such an account/);
});
