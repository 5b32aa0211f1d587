import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import {
  authority,
  CLIENT_AUTH,
  SERVER_AUTH,
  type TestCertificate,
  type Wanted,
} from '../../packages/server/src/http/testing/certificates.ts';
import { apiOf } from '../api.ts';
import { startServer, temporaryFolder } from '../server-process.ts';
import { operatorOf } from './cast.ts';

/** A proxy in front speaks TLS, and hands on the certificate of its client in a header. */
const DAY = 86_400_000;
const clients = authority({ commonName: 'authority of the clients' });
const strangers = authority({ commonName: 'authority of the clients' });
const file = join(temporaryFolder(), 'clients.pem');
writeFileSync(file, clients.cert);
const sent = { accepted: 0, refused: 0 };

const named = (name: string, more: Wanted = {}, by: TestCertificate = clients) =>
  by.issue({ names: [['URI', name.slice(4)]], usage: [CLIENT_AUTH], ...more });
const inHeader = ({ certificate }: TestCertificate) => `:${certificate.raw.toString('base64')}:`;

const KNOWN = 'URI:spiffe://example.org/proxied';
async function behind(trusted: string) {
  const proxied = await startServer({
    settings: {
      MEMHOLD_TRUSTED_PROXIES: trusted,
      MEMHOLD_TLS_CLIENT_CA: file,
      MEMHOLD_TLS_CLIENT_CERT_HEADER: 'Client-Cert',
    },
  });
  const operator = operatorOf(proxied);
  const { user } = (await operator('POST', '/users', { username: 'proxied', email: 'p@example.com' })).body;
  expect((await operator('POST', `/users/${user.id}/certificates`, { name: KNOWN })).status).toBe(201);
  return proxied;
}
const asks = async (url: string, value: string, more: Record<string, string> = {}) => {
  const { status } = await apiOf(url, { 'client-cert': value, ...more })('GET', '/memories');
  if (status === 401) sent.refused++;
  return status;
};

test('the certificate in its header counts, and is checked again', async () => {
  const proxied = await behind('127.0.0.1');
  const good = named(KNOWN);
  expect(await asks(proxied.url, inHeader(good))).toBe(200);
  expect(await asks(proxied.url, encodeURIComponent(good.cert))).toBe(200);
  sent.accepted += 2;
  for (const bad of [
    named(KNOWN, {}, strangers),
    named(KNOWN, { notAfter: Date.now() - 1000, notBefore: Date.now() - DAY }),
    named(KNOWN, { notBefore: Date.now() + DAY }),
    named(KNOWN, { usage: [SERVER_AUTH] }),
    named(KNOWN, { ca: true }),
    clients.issue({ commonName: 'proxied' }),
  ])
    expect(await asks(proxied.url, inHeader(bad))).toBe(401);
  const text = inHeader(good);
  for (const value of [
    text.slice(1),
    `${text.slice(0, -9)}:`,
    `${text}, ${text}`,
    'alice',
    ':AAAA:',
    '::',
    `:${'A'.repeat(20_000)}:`,
  ])
    expect([401, 431]).toContain(await asks(proxied.url, value));
  expect(await asks(proxied.url, text, { authorization: 'Bearer x.y.z' })).toBe(401);
  await proxied.stop();
});

test('its word that it spoke TLS counts too, and nobody else’s', async () => {
  for (const [trusted, told] of [
    ['127.0.0.1', true],
    ['127.0.0.3', false],
  ] as const) {
    const proxied = await behind(trusted);
    const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'memory.example.org' };
    const answer = await apiOf(proxied.url, headers)('GET', '/health');
    expect([trusted, answer.headers.has('strict-transport-security')]).toEqual([trusted, told]);
    await proxied.stop();
  }
});

test('from anybody else the header is ignored, whatever else it says', async () => {
  const proxied = await behind('127.0.0.3');
  const good = inHeader(named(KNOWN));
  for (const more of [
    {},
    { 'x-forwarded-for': '127.0.0.3' },
    { forwarded: 'for=127.0.0.3;proto=https' },
    { 'x-real-ip': '127.0.0.3', 'x-forwarded-proto': 'https' },
  ])
    expect(await asks(proxied.url, good, more as Record<string, string>)).toBe(401);
  await proxied.stop();
});

afterAll(() => {
  console.info(`${sent.accepted} requests with forwarded certificates accepted, ${sent.refused} refused`);
  expect(sent.accepted).toBe(2);
  expect(sent.refused).toBeGreaterThan(14);
});
