import { beforeAll, expect, test } from 'vitest';
import { type Api, apiOf, bearer } from '../api.ts';
import { type Server, startServer } from '../server-process.ts';
import { inParallel } from './clients.ts';
import { letterTo, SUBJECTS } from './outbox.ts';
import { areaUnderCurve, median, timed } from './samples.ts';

const PASSWORD = 'Correct-Horse-battery-7';
const ADMIN_PASSWORD = 'Master-of-all-9';
const LONG = process.env.MEMHOLD_TEST_LONG !== undefined;
const SAMPLES = LONG ? 2_000 : 60;
/** Few samples swing by 0.05 to both sides; what this still finds is a hash or a commit that is left out. */
const BOUND = LONG ? { area: 0.05, milliseconds: 3 } : { area: 0.35, milliseconds: 25 };
const DEADLINE = LONG ? 900_000 : 120_000;

/** A mailbox takes ten mails an hour: with fewer accounts the later requests would send none. */
const ACCOUNTS = Math.max(20, SAMPLES / 10);

let server: Server;
let open: Api;
beforeAll(async () => {
  server = await startServer({
    settings: {
      MEMHOLD_MAX_AUTH_FAILURES: '1000000',
      MEMHOLD_EMAIL_VERIFICATION: 'required',
      MEMHOLD_ADMIN_PASSWORD: ADMIN_PASSWORD,
    },
  });
  open = apiOf(server.url);
  const login = await open('POST', '/auth/login', { username: 'admin', password: ADMIN_PASSWORD });
  const admin = apiOf(server.url, bearer(login.body.access_token));
  const numbers = Array.from({ length: ACCOUNTS }, (_, i) => i);
  await inParallel(numbers, 8, async (i) => {
    await register(nameOf('known', i));
    if (i >= 20) return;
    const { token } = await letterTo(server, `${nameOf('known', i)}@example.com`, SUBJECTS.verify);
    expect((await open('POST', '/auth/verify-email', { token })).status).toBe(200);
    const { id } = await register(nameOf('asleep', i));
    expect((await admin('PATCH', `/users/${id}`, { is_active: false })).status).toBe(200);
  });
}, DEADLINE);

type Kind = 'known' | 'nobody' | 'asleep';
/** Names of one length. */
const nameOf = (kind: Kind, i: number) => `${kind.padEnd(6, '_')}-${String(i).padStart(4, '0')}`;

async function register(username: string, email = `${username}@example.com`): Promise<{ id: string }> {
  const { status, body, text } = await open('POST', '/auth/register', {
    username,
    email,
    password: PASSWORD,
  });
  expect(status, text).toBe(201);
  return body.user;
}

/** Nobody can tell `kind` from `reference` by how long the answer takes. */
function expectAlike(what: string, reference: number[], samples: number[]): void {
  const area = areaUnderCurve(reference, samples);
  const medians = [median(reference), median(samples)] as const;
  const figures = medians.map((value) => value.toFixed(2)).join(' ms and ');
  console.info(`${what}: n = ${samples.length} each, AUC ${area.toFixed(3)}, medians ${figures} ms`);
  expect(samples).toHaveLength(SAMPLES);
  expect(Math.abs(area - 0.5), `AUC ${area}`).toBeLessThanOrEqual(BOUND.area);
  expect(Math.abs(medians[0] - medians[1])).toBeLessThanOrEqual(BOUND.milliseconds);
}

test('a login takes as long for nobody and for the inactive as for somebody', {
  timeout: DEADLINE,
}, async () => {
  const times = await timed<Kind>(['known', 'nobody', 'asleep'], SAMPLES, async (kind, turn) => {
    const body = { username: nameOf(kind, turn % 20), password: `Wrong-Horse-6-${turn}` };
    expect((await open('POST', '/auth/login', body)).status).toBe(401);
  });
  expectAlike('login, unknown against known', times.known, times.nobody);
  expectAlike('login, inactive against known', times.known, times.asleep);
});

test('forgot-password takes as long for nobody as for somebody', { timeout: DEADLINE }, async () => {
  const times = await timed<'known' | 'nobody'>(['known', 'nobody'], SAMPLES, async (kind, turn) => {
    const email = `${nameOf(kind, turn % ACCOUNTS)}@example.com`;
    expect((await open('POST', '/auth/forgot-password', { email })).status).toBe(202);
  });
  expectAlike('forgot-password, known against unknown', times.nobody, times.known);
});

test('registering takes as long with a taken address as with a free one', { timeout: DEADLINE }, async () => {
  const times = await timed<'taken' | 'free'>(['taken', 'free'], SAMPLES, async (kind, turn) => {
    const name = `${kind.padEnd(5, '_')}-${turn}`;
    const taken = `${nameOf('known', turn % ACCOUNTS)}@example.com`;
    await register(name, kind === 'taken' ? taken : `${name}-long@example.com`);
  });
  expectAlike('register, taken against free', times.free, times.taken);
});
