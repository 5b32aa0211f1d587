import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '../../access/actor.ts';
import { codeAt, enrolled, type MfaAccounts, mfaAccounts, PASSWORD } from './testing/accounts.ts';

const STEP = 30_000;
const ORIGIN = { requestId: 'r1', client: { ip: '192.0.2.7' } };

let here: MfaAccounts;
let alice: Actor;
beforeEach(async () => {
  here = await mfaAccounts();
  alice = here.account();
});
afterEach(() => here.close());

const types = () => here.events().map(({ type }) => type);
const endSession = (actor: Actor) =>
  here.db.prepare('update sessions set revoked_at = 1 where id = ?').run(actor.session);
const again = (code: string, password = PASSWORD) => ({ password, code });
const rows = (table: string) => here.db.prepare(`select count(*) from ${table}`).pluck().get();

describe('turning the factor on', () => {
  it('takes a secret and its first code, keeps sessions, and tells', async () => {
    expect(await here.mfa.status(alice)).toEqual({ enabled: false, since: null, recovery_codes_left: 0 });
    const { secret, uri, qr_svg } = await here.mfa.enrol(alice);
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(uri).toBe(
      `otpauth://totp/Memhold:user%20${alice.account.row}%40example.com?secret=${secret}&issuer=Memhold`,
    );
    expect(qr_svg).toMatch(/^<svg /);
    expect(await here.mfa.status(alice)).toEqual({ enabled: false, since: null, recovery_codes_left: 0 });
    expect(here.notices()).toEqual([]);

    const { recovery_codes } = await here.mfa.confirm(alice, codeAt(secret, here.clock.at), ORIGIN);
    expect(recovery_codes).toHaveLength(10);
    expect(await here.mfa.status(alice)).toEqual({
      enabled: true,
      since: '2026-11-21T12:00:00.000Z',
      recovery_codes_left: 10,
    });
    expect(here.events()).toEqual([
      expect.objectContaining({
        type: 'auth.mfa.enabled',
        actor: { kind: 'account', id: alice.id, session: alice.session },
        namespace: alice.namespace.publicId,
        resource: { type: 'account', ids: [alice.id] },
        requestId: 'r1',
        success: true,
      }),
    ]);
    expect(here.notices()).toEqual([`on ${alice.account.row}`]);
    const counted = here.db.prepare('select sum(failures) from auth_attempts').pluck().get();
    expect(counted ?? 0, 'the success gives the tries back').toBe(0);
    await here.writer.commit({ steps: [alice.guard], leaves: [] });
    await here.mfa
      .proof(alice.account, recovery_codes[0]!)
      .then((steps) => here.writer.commit({ steps: steps!, leaves: [] }));
    await enrolled(here, here.account());
    expect((await here.mfa.status(alice)).recovery_codes_left).toBe(9);
  });

  it('begins anew until it is confirmed, and not after', async () => {
    const first = await here.mfa.enrol(alice);
    const second = await here.mfa.enrol(alice);
    expect(second.secret).not.toBe(first.secret);
    await here.mfa.confirm(alice, codeAt(second.secret, here.clock.at), ORIGIN);
    await expect(here.mfa.enrol(alice)).rejects.toMatchObject({
      code: 'mfa_exists',
      message: expect.stringContaining('turn it off'),
    });
    here.clock.at += STEP;
    const next = codeAt(second.secret, here.clock.at);
    await expect(here.mfa.confirm(alice, next, ORIGIN)).rejects.toMatchObject({ code: 'mfa_exists' });
    expect((await here.mfa.status(alice)).since).toBe('2026-11-21T12:00:00.000Z');
  });

  it('needs an enrolment', async () => {
    await expect(here.mfa.confirm(alice, '123456', ORIGIN)).rejects.toMatchObject({ code: 'not_found' });
    expect(rows('auth_attempts')).toBe(0);
  });

  it('has one winner of two that confirm at once: its ten codes, one notice, one event', async () => {
    const { secret } = await here.mfa.enrol(alice);
    const code = codeAt(secret, here.clock.at);
    const tries = await Promise.allSettled([
      here.mfa.confirm(alice, code, ORIGIN),
      here.service().confirm(alice, code, ORIGIN),
    ]);
    const won = tries.filter((one) => one.status === 'fulfilled');
    expect(won).toHaveLength(1);
    expect(tries.find((one) => one.status === 'rejected')?.reason).toMatchObject({ code: 'mfa_exists' });
    for (const one of won[0]!.value.recovery_codes)
      expect(await here.mfa.proof(alice.account, one)).toHaveLength(1);
    expect(rows('recovery_codes')).toBe(10);
    expect(types()).toEqual(['auth.mfa.enabled']);
    expect(here.notices()).toHaveLength(1);
  });

  it('refuses a code whose secret was replaced while it was looked at', async () => {
    const { secret } = await here.mfa.enrol(alice);
    const underWay = here.mfa.confirm(alice, codeAt(secret, here.clock.at), ORIGIN);
    const replaced = here.mfa.enrol(alice);
    await expect(underWay).rejects.toMatchObject({ code: 'code_invalid' });
    await replaced;
    expect(await here.mfa.enabled(alice.account.row)).toBe(false);
    expect(rows('recovery_codes')).toBe(0);
    expect(types()).toEqual(['auth.mfa.failed']);
  });
});

describe('a factor in use', () => {
  it('is turned off with the password and a code', async () => {
    const { secret, codes } = await enrolled(here, alice);
    here.clock.at += STEP;
    const code = codeAt(secret, here.clock.at);
    await expect(here.mfa.disable(alice, again(code, 'Wrong1Password'), ORIGIN)).rejects.toMatchObject({
      code: 'invalid_credentials',
    });
    await expect(here.mfa.disable(alice, again('000 000 0'), ORIGIN)).rejects.toMatchObject({
      code: 'code_invalid',
    });
    expect(await here.mfa.enabled(alice.account.row)).toBe(true);
    await here.mfa.disable(alice, again(code), ORIGIN);
    expect(await here.mfa.status(alice)).toEqual({ enabled: false, since: null, recovery_codes_left: 0 });
    expect([rows('account_mfa'), rows('recovery_codes')]).toEqual([0, 0]);
    expect(types()).toEqual(['auth.mfa.enabled', 'auth.mfa.disabled']);
    expect(here.notices()).toEqual([`on ${alice.account.row}`, `off ${alice.account.row}`]);
    await expect(here.mfa.disable(alice, again(codes[0]!), ORIGIN)).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('gets ten new codes with the password and a code', async () => {
    const { secret, codes } = await enrolled(here, alice);
    here.clock.at += STEP;
    const used = codeAt(secret, here.clock.at);
    const { recovery_codes } = await here.mfa.renewCodes(alice, again(used), ORIGIN);
    expect(recovery_codes).toHaveLength(10);
    expect(recovery_codes.some((code) => codes.includes(code))).toBe(false);
    expect(rows('recovery_codes')).toBe(10);
    expect(types()).toEqual(['auth.mfa.enabled', 'auth.mfa.codes.renewed']);
    expect(here.notices()).toEqual([`on ${alice.account.row}`, `codes ${alice.account.row}`]);
    await expect(here.mfa.renewCodes(alice, again(used), ORIGIN)).rejects.toMatchObject({
      code: 'code_invalid',
    });
    expect(types().at(-1)).toBe('auth.mfa.failed');
    expect(await here.mfa.proof(alice.account, recovery_codes[0]!)).toHaveLength(1);
  });

  it('is turned off by one code once: the other request has no second factor to remove', async () => {
    const { codes } = await enrolled(here, alice);
    const tries = await Promise.allSettled([
      here.mfa.disable(alice, again(codes[0]!), ORIGIN),
      here.service().disable(alice, again(codes[0]!), ORIGIN),
      here.mfa.renewCodes(alice, again(codes[0]!), ORIGIN),
    ]);
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(rows('recovery_codes')).toBe(0);
    expect(here.notices()).toHaveLength(2);
  });

  it('gets no codes when it was removed meanwhile, whatever was proved', async () => {
    await enrolled(here, alice);
    const slow = here.service({
      async proveAgain() {
        await here.writer.commit({ steps: here.mfa.removal(alice.account.row), leaves: [] });
        return [];
      },
    });
    await expect(slow.renewCodes(alice, again('123456'), ORIGIN)).rejects.toMatchObject({
      name: 'MfaError',
      code: 'not_found',
    });
    expect(rows('recovery_codes')).toBe(0);
    expect(types()).toEqual(['auth.mfa.enabled']);
  });

  it('stays as it is when the password was changed meanwhile, and says so', async () => {
    const { codes } = await enrolled(here, alice);
    const changed = { sql: 'select 1 where 0 = ?', parameters: [1], otherwise: 'invalid_credentials' };
    const slow = here.service({ proveAgain: async () => [changed] });
    const refused = {
      name: 'MfaError',
      code: 'invalid_credentials',
      message: expect.stringContaining('log in'),
    };
    await expect(slow.disable(alice, again(codes[0]!), ORIGIN)).rejects.toMatchObject(refused);
    expect(await here.mfa.status(alice)).toMatchObject({ enabled: true, recovery_codes_left: 10 });
  });

  it('is removed by an administrator, and can be set up again', async () => {
    const bob = here.account();
    await enrolled(here, alice);
    const of = await enrolled(here, bob);
    await here.writer.commit({ steps: here.mfa.removal(alice.account.row), leaves: [] });
    expect(await here.mfa.enabled(alice.account.row)).toBe(false);
    expect((await here.mfa.status(bob)).recovery_codes_left).toBe(10);
    expect(await here.mfa.proof(bob.account, of.codes[0]!)).toHaveLength(1);
    await enrolled(here, alice);
    expect(await here.mfa.enabled(alice.account.row)).toBe(true);
  });
});

describe('who may', () => {
  it('a session that has ended changes nothing', async () => {
    const stale = { code: 'stale_authorization' };
    const { secret } = await here.mfa.enrol(alice);
    endSession(alice);
    await expect(here.mfa.enrol(alice)).rejects.toMatchObject(stale);
    await expect(here.mfa.confirm(alice, codeAt(secret, here.clock.at), ORIGIN)).rejects.toMatchObject(stale);
    const bob = here.account();
    const { codes } = await enrolled(here, bob);
    endSession(bob);
    await expect(here.mfa.disable(bob, again(codes[0]!), ORIGIN)).rejects.toMatchObject(stale);
    await expect(here.mfa.renewCodes(bob, again(codes[0]!), ORIGIN)).rejects.toMatchObject(stale);
    expect(await here.mfa.status(bob)).toMatchObject({ enabled: true, recovery_codes_left: 10 });
    expect(here.notices()).toHaveLength(1);
  });

  it('an API key has no second factor, and touches not that of its maker', async () => {
    const { codes } = await enrolled(here, alice);
    const key: Actor = { ...alice, kind: 'api_key' };
    const denied = { code: 'permission_denied', message: 'This needs a login.' };
    for (const act of [
      () => here.mfa.status(key),
      () => here.mfa.enrol(key),
      () => here.mfa.confirm(key, '123456', ORIGIN),
      () => here.mfa.disable(key, again(codes[0]!), ORIGIN),
      () => here.mfa.renewCodes(key, again(codes[0]!), ORIGIN),
    ])
      await expect(act()).rejects.toMatchObject(denied);
    expect(rows('recovery_codes')).toBe(10);
  });
});
