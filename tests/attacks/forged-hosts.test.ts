import { describe, expect, test } from 'vitest';
import { apiOf } from '../api.ts';
import { startServer } from '../server-process.ts';
import { rawPost } from './clients.ts';
import { letters, letterTo, SUBJECTS } from './outbox.ts';

const PASSWORD = 'Correct-Horse-battery-7';

describe('the link in a mail', () => {
  const EVIL = 'evil.example';
  const forged: Record<string, string | string[]>[] = [
    { host: EVIL },
    { host: `${EVIL}:443` },
    { 'x-forwarded-host': EVIL },
    {
      'x-forwarded-host': EVIL,
      'x-forwarded-proto': 'https',
      'x-forwarded-for': '192.0.2.1',
      'x-forwarded-port': '1',
    },
    { forwarded: `for=192.0.2.1;host=${EVIL};proto=https` },
    { 'x-host': EVIL, 'x-http-host-override': EVIL, 'x-original-host': EVIL, 'x-forwarded-server': EVIL },
    { origin: `https://${EVIL}`, referer: `https://${EVIL}/` },
    { host: `${EVIL}#@localhost` },
  ];

  test.each([
    ['the default address', {}],
    ['MEMHOLD_PUBLIC_URL', { MEMHOLD_PUBLIC_URL: 'https://memory.example.org' }],
    [
      'MEMHOLD_PUBLIC_URL behind a proxy',
      { MEMHOLD_PUBLIC_URL: 'https://memory.example.org', MEMHOLD_TRUSTED_PROXIES: '127.0.0.1' },
    ],
    ['the default address behind a proxy', { MEMHOLD_TRUSTED_PROXIES: '127.0.0.1' }],
  ])('goes to %s, whatever the request says of hosts', async (_, settings: Record<string, string>) => {
    const other = await startServer({ settings: { ...settings, MEMHOLD_REGISTRATION: 'open' } });
    const base = settings.MEMHOLD_PUBLIC_URL ?? other.url;
    const statuses: number[] = [];
    const post = async (target: string, body: object, headers: Record<string, string | string[]>) => {
      const { status } = await rawPost(other.url, target, body, headers);
      statuses.push(status);
      return status;
    };
    for (const [i, headers] of forged.entries()) {
      const own = { username: `linked-${i}`, email: `linked-${i}@example.com`, password: PASSWORD };
      const made = await post('/auth/register', own, headers);
      if (made !== 201) await apiOf(other.url)('POST', '/auth/register', own);
      await post('/auth/forgot-password', { email: own.email }, headers);
      await post('/auth/verify-email/resend', { email: own.email }, headers);
      // A taken address: that mail has a link, too.
      await post('/auth/register', { ...own, username: `again-${i}` }, headers);
    }
    // A whole address as the request target.
    const email = 'linked-0@example.com';
    await post(`http://${EVIL}/auth/forgot-password`, { email }, {});
    await post(`//${EVIL}/auth/forgot-password`, { email }, { host: EVIL });
    for (let i = 0; i < forged.length - 1; i++)
      await letterTo(other, `linked-${i}@example.com`, SUBJECTS.reset);
    const all = letters(other);
    for (const { text, link } of all) {
      expect(text).not.toContain(EVIL);
      expect(link.startsWith(`${base}/auth/links/`), link).toBe(true);
    }
    console.info(`${statuses.length} requests with forged hosts: ${all.length} mails, all to ${base}`);
    expect(statuses.filter((status) => status === 202 || status === 201).length).toBeGreaterThanOrEqual(28);
    expect(all.length).toBeGreaterThan(24);
    await other.stop();
  });
});
