import { parseOptions } from '@node-rs/argon2';
import { hash as bcrypt } from '@node-rs/bcrypt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Identity, identity, login, newUser, PASSWORD } from './testing/identity.ts';

let id: Identity;
beforeEach(async () => {
  id = await identity({ realHashes: true });
  await newUser(id, 'alice');
});
afterEach(() => id.close());

const stored = () =>
  (id.writer.db.prepare('select password_hash as text from accounts').get() as { text: string }).text;
const store = (text: string) => id.writer.db.prepare('update accounts set password_hash = ?').run(text);
const attempt = (password: string) =>
  id.call('POST', '/auth/login', { body: { username: 'alice', password } });

describe('an account from a system that hashed with bcrypt', () => {
  it.each(['2a', '2b', '2y'])(
    'logs in with its old password, and has Argon2id from then on: $%s$',
    async (prefix) => {
      store((await bcrypt(PASSWORD, { cost: 10 })).replace('$2b$', `$${prefix}$`));
      const token = await login(id, 'alice');
      expect(stored()).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
      expect(parseOptions(stored())).toMatchObject({ memoryCost: 19_456, timeCost: 2, outputLen: 32 });
      // Nothing of the account changed but the form of its password: sessions go on, and it still logs in.
      expect((await id.call('GET', '/auth/me', { token })).status).toBe(200);
      await login(id, 'alice');
    },
  );

  it('keeps its hash after a wrong password, and says no more than others do', async () => {
    const old = await bcrypt(PASSWORD, { cost: 10 });
    store(old);
    expect(await attempt('WrongPass123')).toMatchObject({
      status: 401,
      body: { code: 'invalid_credentials' },
    });
    expect(stored()).toBe(old);
  });

  it('is upgraded once by two logins at once, of which one at least is in', async () => {
    store(await bcrypt(PASSWORD, { cost: 4 }));
    const answers = await Promise.all([attempt(PASSWORD), attempt(PASSWORD)]);
    // Whoever comes second finds another hash than the one that was checked, and has to come again.
    expect(answers.map(({ status }) => status)).toContain(200);
    expect(stored()).toMatch(/^\$argon2id\$/);
    expect((await attempt(PASSWORD)).status).toBe(200);
  });

  it('is not opened by what merely begins with its password', async () => {
    const long = `Aa1${'x'.repeat(69)}`;
    store(await bcrypt(long, { cost: 4 }));
    expect((await attempt(`${long}and more`)).status).toBe(401);
    expect((await attempt(long)).status).toBe(200);
    expect((await attempt(`${long}and more`)).status).toBe(401);
  });

  it('is upgraded also where the password is shown again by somebody who is logged in', async () => {
    const token = await login(id, 'alice');
    store(await bcrypt(PASSWORD, { cost: 4 }));
    expect((await id.call('POST', '/auth/step-up', { token, body: { password: PASSWORD } })).status).toBe(
      200,
    );
    expect(stored()).toMatch(/^\$argon2id\$/);
  });

  it('of a hash that costs more than a login may is refused like a wrong password', async () => {
    store(`$2b$31$${'a'.repeat(53)}`);
    expect((await attempt(PASSWORD)).status).toBe(401);
  });
});
