import { generateSync } from 'otplib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Identity, identity, login, newUser, PASSWORD } from './testing/identity.ts';

const MINUTES = 60_000;
const NEW_PASSWORD = 'Another-Horse-8';
let id: Identity;
beforeEach(async () => {
  // Access tokens that outlive the proof by far: what refuses is the age of the proof.
  id = await identity({ config: { jwtAlgorithm: 'EdDSA', accessTokenMinutes: 120 } });
});
afterEach(() => id.close());

const codeNow = (secret: string) => generateSync({ secret, epoch: Math.floor(id.clock.at / 1000) });
const stepUp = (token: string, body: object) => id.call('POST', '/auth/step-up', { token, body });
const makesKey = async (token: string) => {
  const { status, body } = await id.call('POST', '/api-keys', { token, body: { name: 'k' } });
  return status === 201 ? 'made' : body.code;
};

async function administrator(): Promise<string> {
  await newUser(id, 'root');
  id.writer.db.prepare("update accounts set role = 'admin'").run();
  return login(id, 'root');
}

/** Turns the second factor on with the code of now; the next one is of half a minute later. */
async function enrol(token: string) {
  const { body } = await id.call('POST', '/auth/mfa/totp', { token });
  const confirm = { token, body: { code: codeNow(body.secret) } };
  const confirmed = await id.call('POST', '/auth/mfa/totp/confirm', confirm);
  expect(confirmed.status).toBe(200);
  return { secret: body.secret as string, recovery: confirmed.body.recovery_codes as string[] };
}

const NOBODY = '01890000-0000-7000-8000-000000000000';
/** What changes who may come in, or outlives the token that asks for it. */
const GUARDED: [method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: object][] = [
  ['POST', '/api-keys', { name: 'k' }],
  ['POST', `/api-keys/${NOBODY}/rotate`, {}],
  ['POST', '/users', { username: 'another', email: 'another@example.com' }],
  ['PATCH', `/users/${NOBODY}`, { role: 'admin' }],
  ['DELETE', `/users/${NOBODY}`],
  ['POST', `/users/${NOBODY}/reset-password`, {}],
  ['DELETE', `/users/${NOBODY}/mfa`],
  ['POST', `/users/${NOBODY}/certificates`, { fingerprint: 'a'.repeat(64) }],
  ['DELETE', `/users/${NOBODY}/certificates/${NOBODY}`],
  ['POST', '/invitations', {}],
  ['POST', '/namespaces', { name: 'team' }],
  ['PATCH', '/namespaces/:own', { require_mfa: false }],
  ['POST', '/namespaces/:own/invitations', {}],
  ['PATCH', `/namespaces/:own/members/${NOBODY}`, { role: 'admin' }],
  ['DELETE', `/namespaces/:own/members/${NOBODY}`],
  ['DELETE', '/namespaces/:own/membership'],
  ['POST', '/auth/token-keys/rotate'],
  ['POST', '/auth/sessions', { namespace: ':own' }],
  ['POST', '/auth/mfa/totp'],
  ['POST', '/auth/mfa/totp/confirm', { code: '123456' }],
];

describe('what asks for a fresh proof', () => {
  it.each(GUARDED)('%s %s is open for ten minutes, and not a moment longer', async (method, path, body) => {
    const token = await administrator();
    const { namespace } = (await id.call('GET', '/auth/me', { token })).body;
    const ask = async () => {
      const text = JSON.stringify(body)?.replace(':own', namespace);
      const sent = text === undefined ? {} : { body: JSON.parse(text) };
      const answer = await id.call(method, path.replace(':own', namespace), { token, ...sent });
      return [answer.status, answer.body.code];
    };
    id.clock.at += 10 * MINUTES;
    const within = await ask();
    expect(within).not.toContain('step_up_required');
    expect(within).not.toContain('route_not_found');
    id.clock.at += 1;
    expect(await ask()).toEqual([403, 'step_up_required']);
    expect((await id.call('GET', '/auth/me', { token })).status).toBe(200);
    expect((await stepUp(token, { password: PASSWORD })).status).toBe(200);
    expect(await ask()).not.toContain('step_up_required');
  });

  it('is closed to a key, however new', async () => {
    const token = await administrator();
    const { key } = (await id.call('POST', '/api-keys', { token, body: { name: 'k' } })).body;
    for (const [method, path, body] of GUARDED) {
      const sent = { headers: { 'x-api-key': key as string }, ...(body && { body }) };
      const answer = await id.call(method, path.replace(':own', 'x'), sent);
      expect([method, path, answer.status, answer.body.code]).toEqual([
        method,
        path,
        403,
        'permission_denied',
      ]);
    }
  });
});

describe('a proof', () => {
  it('is of its own session, and no newer in those that come of it', async () => {
    const old = (await id.call('POST', '/auth/login', { body: await registered('alice') })).body;
    const team = await id.call('POST', '/namespaces', { token: old.access_token, body: { name: 'team' } });
    const namespace = team.body.id;
    id.clock.at += 6 * MINUTES;
    const child = await id.call('POST', '/auth/sessions', { token: old.access_token, body: { namespace } });
    expect(child.status).toBe(201);
    id.clock.at += 5 * MINUTES;
    const refreshed = await id.call('POST', '/auth/refresh', { body: { refresh_token: old.refresh_token } });
    const fresh = await login(id, 'alice');
    const tokens = [old.access_token, child.body.access_token, refreshed.body.access_token];
    for (const token of tokens) expect(await makesKey(token)).toBe('step_up_required');
    expect(await makesKey(fresh)).toBe('made');
    expect((await stepUp(tokens[1], { password: PASSWORD })).status).toBe(200);
    expect([await makesKey(tokens[0]), await makesKey(tokens[1])]).toEqual(['step_up_required', 'made']);
  });

  it('is no wrong password, and wrong ones end in a lockout', async () => {
    const token = await newUser(id, 'alice');
    id.clock.at += 11 * MINUTES;
    for (let attempt = 0; attempt < 5; attempt++)
      expect(await stepUp(token, { password: 'WrongPass123' })).toMatchObject({
        status: 401,
        body: { code: 'invalid_credentials' },
      });
    expect((await stepUp(token, { password: PASSWORD })).body.code).toBe('too_many_attempts');
    expect(await makesKey(token)).toBe('step_up_required');
    expect(id.events().filter(({ type }) => type === 'auth.stepup.failed').length).toBeGreaterThanOrEqual(5);
  });

  it('takes the code too, where there is a second factor; a code that was used is none', async () => {
    const token = await newUser(id, 'alice');
    const { secret, recovery } = await enrol(token);
    id.clock.at += 11 * MINUTES;
    expect((await stepUp(token, { password: PASSWORD })).body.code).toBe('mfa_required');
    expect((await stepUp(token, { password: PASSWORD, code: '000000' })).status).toBe(401);
    expect((await stepUp(token, { password: 'WrongPass123', code: codeNow(secret) })).status).toBe(401);
    expect(await makesKey(token)).toBe('step_up_required');
    const code = codeNow(secret);
    expect((await stepUp(token, { password: PASSWORD, code })).status).toBe(200);
    expect(await makesKey(token)).toBe('made');
    expect((await stepUp(token, { password: PASSWORD, code })).status).toBe(401);
    id.clock.at += 11 * MINUTES;
    expect((await stepUp(token, { password: PASSWORD, code: recovery[0] })).status).toBe(200);
    expect((await stepUp(token, { password: PASSWORD, code: recovery[0] })).status).toBe(401);
  });

  it('is not had by changing the password without the code, where there is a second factor', async () => {
    const token = await newUser(id, 'alice');
    const { secret } = await enrol(token);
    id.clock.at += 11 * MINUTES;
    const words = { current_password: PASSWORD, new_password: NEW_PASSWORD };
    const change = (body: object) => id.call('POST', '/auth/change-password', { token, body });
    expect(await change(words)).toMatchObject({ status: 403, body: { code: 'mfa_required' } });
    expect((await change({ ...words, code: '000000' })).status).toBe(401);
    expect(await makesKey(token)).toBe('step_up_required');
    const changed = await change({ ...words, code: codeNow(secret) });
    expect(await makesKey(changed.body.access_token)).toBe('made');
  });

  it('of a code that was used is none for another address either, and the log says so', async () => {
    const token = await newUser(id, 'alice');
    const { secret } = await enrol(token);
    id.clock.at += MINUTES;
    const code = codeNow(secret);
    expect((await stepUp(token, { password: PASSWORD, code })).status).toBe(200);
    const body = { email: 'new@example.com', password: PASSWORD, code };
    expect(await id.call('POST', '/auth/change-email', { token, body })).toMatchObject({
      status: 401,
      body: { code: 'invalid_credentials' },
    });
    expect(id.events().at(-1)).toMatchObject({ success: false });
    expect(await id.mailbox()).not.toContainEqual(expect.objectContaining({ to: 'new@example.com' }));
  });

  it('is had by changing the password, where there is none', async () => {
    const token = await newUser(id, 'alice');
    id.clock.at += 11 * MINUTES;
    const body = { current_password: PASSWORD, new_password: NEW_PASSWORD };
    const changed = await id.call('POST', '/auth/change-password', { token, body });
    expect(await makesKey(changed.body.access_token)).toBe('made');
  });
});

describe('a namespace that asks for a second factor', () => {
  const memories = async (token: string) => {
    const { status, body } = await id.call('GET', '/memories', { token });
    return status === 200 ? 'open' : body.code;
  };
  async function demanding(): Promise<string> {
    const token = await administrator();
    const { namespace } = (await id.call('GET', '/auth/me', { token })).body;
    const body = { require_mfa: true };
    expect((await id.call('PATCH', `/namespaces/${namespace}`, { token, body })).status).toBe(200);
    return token;
  }

  it('lets a session without one do nothing but set one up', async () => {
    const token = await demanding();
    for (const [method, path, body] of [
      ['GET', '/memories'],
      ['POST', '/memories', { content: 'x' }],
      ['GET', '/auth/sessions'],
      ['POST', '/auth/sessions', { namespace: 'x' }],
      ['POST', '/auth/change-password', { current_password: PASSWORD, new_password: NEW_PASSWORD }],
      ['GET', '/namespaces'],
      ...GUARDED.filter(([, path]) => !path.startsWith('/auth/mfa')),
    ] as typeof GUARDED) {
      const answer = await id.call(method, path, { token, ...(body && { body }) });
      expect([method, path, answer.status, answer.body.code]).toEqual([
        method,
        path,
        403,
        'mfa_enrolment_required',
      ]);
    }
    const bystander = await login(id, 'root');
    const { secret } = await enrol(token);
    expect([await memories(token), await memories(bystander)]).toEqual(['open', 'mfa_enrolment_required']);
    id.clock.at += MINUTES;
    expect((await stepUp(bystander, { password: PASSWORD, code: codeNow(secret) })).status).toBe(200);
    expect(await memories(bystander)).toBe('open');
  });

  it('is closed again to every session of somebody who turns the factor off', async () => {
    const token = await demanding();
    const { secret, recovery } = await enrol(token);
    id.clock.at += MINUTES;
    const body = { username: 'root', password: PASSWORD, code: codeNow(secret) };
    const second = (await id.call('POST', '/auth/login', { body })).body;
    expect([await memories(token), await memories(second.access_token)]).toEqual(['open', 'open']);
    const off = { password: PASSWORD, code: recovery[0] };
    expect((await id.call('POST', '/auth/mfa/disable', { token, body: off })).status).toBe(200);
    const again = await id.call('POST', '/auth/refresh', { body: { refresh_token: second.refresh_token } });
    for (const one of [token, second.access_token, again.body.access_token])
      expect(await memories(one)).toBe('mfa_enrolment_required');
  });
});

describe('the token between password and code', () => {
  it('is void after five minutes', async () => {
    const { secret } = await enrol(await newUser(id, 'alice'));
    const pending = async () => {
      const body = { username: 'alice', password: PASSWORD };
      return (await id.call('POST', '/auth/login', { body })).body.mfa_token as string;
    };
    const verify = async (mfa_token: string) => {
      const body = { mfa_token, code: codeNow(secret) };
      return (await id.call('POST', '/auth/mfa/verify', { body })).status;
    };
    const [early, late] = [await pending(), await pending()];
    id.clock.at += 5 * MINUTES - 1;
    expect(await verify(early)).toBe(200);
    id.clock.at += MINUTES;
    expect(await verify(late)).toBe(401);
    // It was the token: the code is good.
    expect(await verify(await pending())).toBe(200);
  });
});

async function registered(username: string) {
  await newUser(id, username);
  return { username, password: PASSWORD };
}
