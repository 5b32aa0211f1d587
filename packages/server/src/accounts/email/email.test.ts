import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Identity, identity, login, newUser, PASSWORD } from '../../sessions/testing/identity.ts';

let id: Identity;
beforeEach(async () => {
  id = await identity();
});
afterEach(() => id.close());

const NEXT = 'Another-Horse-8';
const post = (path: string, body: object, token?: string) =>
  id.call('POST', path, { body, ...(token === undefined ? {} : { token }) });
/** The token of the newest mail to an address. */
async function mailed(to: string): Promise<string> {
  const mail = (await id.mailbox()).findLast((one) => one.to === to)!;
  return /#(\S+)/.exec(mail.text)![1]!;
}
const me = async (token: string) => (await id.call('GET', '/auth/me', { token })).body;

describe('an address', () => {
  it('is confirmed once, by the link of the mail', async () => {
    const token = await newUser(id, 'alice');
    expect((await me(token)).is_verified).toBe(false);
    const link = await mailed('alice@example.com');
    const [mail] = await id.mailbox();
    expect(mail!.text).toContain(`https://memory.example.org/auth/links/verify-email#${link}`);
    const both = await Promise.all([1, 2].map(() => post('/auth/verify-email', { token: link })));
    expect(both.map(({ status }) => status).sort()).toEqual([200, 400]);
    expect((await me(token)).is_verified).toBe(true);
    expect(await post('/auth/verify-email', { token: link })).toMatchObject({
      status: 400,
      body: { code: 'link_invalid' },
    });
  });

  it('that was not confirmed does not log in where that is asked for, and nobody can tell why', async () => {
    await id.close();
    id = await identity({ config: { emailVerification: 'required' } });
    await post('/auth/register', { username: 'alice', email: 'a@example.com', password: PASSWORD });
    const attempt = () => post('/auth/login', { username: 'alice', password: PASSWORD });
    const early = await attempt();
    expect(early).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } });
    expect(id.events().at(-1)).toMatchObject({ code: 'unverified' });
    const unknown = await post('/auth/login', { username: 'nobody', password: PASSWORD });
    expect({ ...early.body, request_id: 0 }).toEqual({ ...unknown.body, request_id: 0 });
    await post('/auth/verify-email/resend', { email: 'a@example.com' });
    await post('/auth/verify-email', { token: await mailed('a@example.com') });
    expect((await attempt()).status).toBe(200);
  });

  it('that is taken gets its owner a mail, and whoever asks the usual answer', async () => {
    await newUser(id, 'alice');
    const answer = await post('/auth/register', {
      username: 'mallory',
      email: 'ALICE@example.com',
      password: PASSWORD,
    });
    expect(answer).toMatchObject({ status: 201, body: { user: { username: 'mallory' } } });
    expect((await id.mailbox()).at(-1)).toMatchObject({ subject: 'You already have an account' });
    expect((await post('/auth/login', { username: 'mallory', password: PASSWORD })).status).toBe(401);
  });

  it('changes when the new one was confirmed, and the old one hears of it', async () => {
    const token = await newUser(id, 'alice');
    const change = (password: string) =>
      post('/auth/change-email', { email: 'new@example.com', password }, token);
    expect((await change('WrongPass123')).status).toBe(401);
    expect((await change(PASSWORD)).status).toBe(202);
    expect((await me(token)).email).toBe('alice@example.com');
    await post('/auth/forgot-password', { email: 'alice@example.com' });
    const reset = await mailed('alice@example.com');
    const link = await mailed('new@example.com');
    expect((await post('/auth/change-email/confirm', { token: link })).status).toBe(200);
    expect(await me(token)).toMatchObject({ email: 'new@example.com', is_verified: true });
    expect((await id.mailbox()).at(-1)).toMatchObject({
      to: 'alice@example.com',
      subject: 'Your mail address was changed',
    });
    // What went to the old address holds no more.
    expect((await post('/auth/reset-password', { token: reset, new_password: NEXT })).status).toBe(400);
    await login(id, 'new@example.com');
  });

  it('that somebody else took meanwhile is not taken away from them', async () => {
    const token = await newUser(id, 'alice');
    await post('/auth/change-email', { email: 'bob@example.com', password: PASSWORD }, token);
    const link = await mailed('bob@example.com');
    await newUser(id, 'bob');
    expect((await post('/auth/change-email/confirm', { token: link })).status).toBe(400);
    expect((await me(token)).email).toBe('alice@example.com');
  });
});

describe('a forgotten password', () => {
  const forgot = (email: string) => post('/auth/forgot-password', { email });
  const reset = (token: string, new_password = NEXT) => post('/auth/reset-password', { token, new_password });

  it('is answered alike whether there is such an account or not', async () => {
    await newUser(id, 'alice');
    const [known, unknown] = [await forgot('alice@example.com'), await forgot('nobody@example.com')];
    expect(known).toMatchObject({ status: 202 });
    expect(known.body).toEqual(unknown.body);
    expect((await id.mailbox()).filter(({ to }) => to === 'nobody@example.com')).toEqual([]);
  });

  it('is replaced by the link, once; every session and every earlier link ends', async () => {
    const token = await newUser(id, 'alice');
    const held = (await post('/auth/login', { username: 'alice', password: PASSWORD })).body.refresh_token;
    await forgot('alice@example.com');
    const older = await mailed('alice@example.com');
    await forgot('alice@example.com');
    const link = await mailed('alice@example.com');
    expect((await reset(older)).status).toBe(400);
    expect(await reset(link, 'weak')).toMatchObject({ status: 400, body: { code: 'weak_password' } });
    const ten = await Promise.all(Array.from({ length: 10 }, () => reset(link)));
    expect(ten.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await id.call('GET', '/auth/me', { token })).status).toBe(401);
    expect((await post('/auth/refresh', { refresh_token: held })).status).toBe(401);
    expect((await post('/auth/login', { username: 'alice', password: PASSWORD })).status).toBe(401);
    expect(await me(await login(id, 'alice', NEXT))).toMatchObject({ is_verified: true });
    expect((await id.mailbox()).at(-1)).toMatchObject({ subject: 'Your password was reset' });
  });

  it('is not replaced by a link that is too old, or was mailed for something else', async () => {
    await newUser(id, 'alice');
    const confirmation = await mailed('alice@example.com');
    await forgot('alice@example.com');
    const link = await mailed('alice@example.com');
    for (const wrong of [confirmation, confirmation.replace('mhv_', 'mhp_'), 'x', `mhp_${'A'.repeat(43)}`])
      expect((await reset(wrong)).status).toBe(400);
    expect((await post('/auth/verify-email', { token: link })).status).toBe(400);
    id.clock.at += 30 * 60_000;
    expect((await reset(link)).status).toBe(400);
    await login(id, 'alice');
  });

  it('leaves nothing readable behind: no token, no address', async () => {
    await newUser(id, 'alice');
    await forgot('alice@example.com');
    const link = await mailed('alice@example.com');
    const rows = ['one_time_tokens', 'mail_queue', 'audit_events'].flatMap((table) =>
      id.writer.db.prepare(`select * from ${table}`).all(),
    );
    const stored = rows
      .flatMap((row) => Object.values(row as object))
      .map((value) => (Buffer.isBuffer(value) ? value.toString('latin1') : String(value)))
      .join('\n');
    expect(stored).not.toContain(link.slice(4));
    expect(stored).not.toContain('alice@example.com');
    expect(JSON.stringify(id.events())).not.toContain(link);
  });
});
