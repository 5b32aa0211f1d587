import { afterAll, expect, it } from 'vitest';
import { buildApp } from '../http/app.ts';
import { openApiRoutes } from './routes.ts';

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
openApiRoutes(app, { version: '1.2.3' });
app.get(
  '/health',
  { config: { access: 'public', describe: { summary: 'Later', answers: { 200: null } } } },
  () => 1,
);
app.get('/health/foreign', { config: { access: 'public' } }, () => 1);
afterAll(() => app.close());

it('the page is for everybody, kept by nobody, shown in no frame, and runs nothing but its own script', async () => {
  const { statusCode, headers, body } = await app.inject('/docs');
  expect(statusCode).toBe(200);
  expect(headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'content-security-policy': expect.stringMatching(
      /^default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'; .*frame-ancestors 'none'$/,
    ),
  });
  expect(headers['set-cookie']).toBeUndefined();
  expect(body).toContain('Version 1.2.3');
});

it('page and document tell of every described route, also of those that came later, and of no other', async () => {
  const { paths } = (await app.inject('/openapi.json')).json();
  expect(Object.keys(paths).sort()).toEqual(['/docs', '/health', '/openapi.json']);
  const { body } = await app.inject('/docs');
  for (const id of ['getDocs', 'getHealth', 'getOpenapiJson']) expect(body).toContain(`id="${id}"`);
  expect(body).not.toContain('/health/foreign');
});

it('nothing of a request comes back in the page', async () => {
  const plain = await app.inject('/docs');
  const asked = await app.inject({
    url: '/docs?q=%3Cb%3Ewords',
    headers: { host: 'evil.example', 'x-a': 'words' },
  });
  expect(asked.body).toBe(plain.body);
});
