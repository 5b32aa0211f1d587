import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '../../access/actor.ts';
import type { Step } from '../../database/unit.ts';
import { codeAt, enrolled, type MfaAccounts, mfaAccounts, PASSWORD, TRIES } from './testing/accounts.ts';
import { base32, newSecret } from './totp.ts';

const STEP = 30_000;
const ORIGIN = { requestId: 'r1', client: { ip: '192.0.2.7', user_agent: 'test' } };

let here: MfaAccounts;
let alice: Actor;
beforeEach(async () => {
  here = await mfaAccounts();
  alice = here.account();
});
afterEach(() => here.close());

/** What a login does with a code: true when it lets in. */
async function login(code: string, actor = alice): Promise<boolean> {
  const steps = await here.mfa.proof(actor.account, code);
  return steps !== undefined && enter(steps);
}
async function enter(steps: Step[]): Promise<boolean> {
  try {
    await here.writer.commit({ steps, leaves: [] });
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'code_invalid' });
    return false;
  }
}
const digests = (actor = alice) =>
  here.db
    .prepare('select hex(digest) from recovery_codes where account_id = ? order by 1')
    .pluck()
    .all(actor.account.row);

describe('a code of the app', () => {
  it('is good once, and ends the one before it', async () => {
    const { secret } = await enrolled(here, alice);
    expect(await login(codeAt(secret, here.clock.at)), 'the one that confirmed').toBe(false);
    here.clock.at += 2 * STEP;
    const before = codeAt(secret, here.clock.at - STEP);
    const current = codeAt(secret, here.clock.at);
    expect(await login(current)).toBe(true);
    expect(await login(current)).toBe(false);
    expect(await login(before)).toBe(false);
    here.clock.at += STEP;
    expect(await login(current)).toBe(false);
    expect(await login(codeAt(secret, here.clock.at))).toBe(true);
  });

  it('is accepted one step early and one step late, not two', async () => {
    const { secret } = await enrolled(here, alice);
    here.clock.at += 10 * STEP;
    expect(await login(codeAt(secret, here.clock.at - 2 * STEP))).toBe(false);
    expect(await login(codeAt(secret, here.clock.at + 2 * STEP))).toBe(false);
    expect(await login(codeAt(secret, here.clock.at - STEP))).toBe(true);
    expect(await login(codeAt(secret, here.clock.at + STEP))).toBe(true);
  });

  it('lets in one of many that use it at once, on two servers', async () => {
    const { secret } = await enrolled(here, alice);
    here.clock.at += STEP;
    const code = codeAt(secret, here.clock.at);
    const servers = [here.mfa, here.service()];
    const proofs = await Promise.all(
      Array.from({ length: 8 }, (_, i) => servers[i % 2]!.proof(alice.account, code)),
    );
    const entered = await Promise.all(proofs.map((steps) => enter(steps!)));
    expect(entered.filter(Boolean)).toHaveLength(1);
  });

  it('keeps to one rule whatever order codes come in, also when the clock goes back', async () => {
    const { secret } = await enrolled(here, alice);
    const start = here.clock.at;
    const move = fc.record({ clock: fc.integer({ min: -3, max: 3 }), code: fc.integer({ min: -3, max: 3 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(move, { maxLength: 12 }), async (moves) => {
        here.clock.at = start;
        here.db.prepare('update account_mfa set last_step = 0').run();
        let last = 0;
        for (const { clock, code } of moves) {
          here.clock.at += clock * STEP;
          const step = Math.floor(here.clock.at / STEP) + code;
          const good = Math.abs(code) <= 1 && step > last;
          expect(await login(codeAt(secret, step * STEP))).toBe(good);
          if (good) last = step;
        }
      }),
      { numRuns: 30 },
    );
  });

  it('is nothing to another account', async () => {
    const { secret } = await enrolled(here, alice);
    const bob = here.account();
    await enrolled(here, bob);
    here.clock.at += STEP;
    expect(await login(codeAt(secret, here.clock.at), bob)).toBe(false);
    expect(await login(codeAt(secret, here.clock.at))).toBe(true);
  });

  it('does not open a secret that was moved to another account', async () => {
    const { secret } = await enrolled(here, alice);
    const bob = here.account();
    await enrolled(here, bob);
    here.db
      .prepare(
        'update account_mfa set secret_sealed = (select secret_sealed from account_mfa where account_id = ?)',
      )
      .run(alice.account.row);
    here.clock.at += STEP;
    await expect(here.mfa.proof(bob.account, codeAt(secret, here.clock.at))).rejects.toMatchObject({
      code: 'decryption_failed',
    });
  });

  it('ends with its secret, also where it was proved a moment before', async () => {
    const { secret } = await enrolled(here, alice);
    here.clock.at += STEP;
    const underWay = await here.mfa.proof(alice.account, codeAt(secret, here.clock.at));
    await here.writer.commit({ steps: here.mfa.removal(alice.account.row), leaves: [] });
    expect(await enter(underWay!)).toBe(false);
    here.clock.at -= 5 * STEP;
    await enrolled(here, alice);
    here.clock.at += 5 * STEP;
    expect(await enter(underWay!)).toBe(false);
    expect(await login(codeAt(secret, here.clock.at))).toBe(false);
  });

  it('proves nothing before its secret was confirmed', async () => {
    const { secret } = await here.mfa.enrol(alice);
    expect(await here.mfa.proof(alice.account, codeAt(secret, here.clock.at))).toBeUndefined();
    expect(await here.mfa.enabled(alice.account.row)).toBe(false);
    expect(await here.mfa.proof(here.account().account, '123456')).toBeUndefined();
  });
});

describe('a recovery code', () => {
  it('is one of exactly ten, good once, and leaves the others', async () => {
    const { codes } = await enrolled(here, alice);
    expect(codes).toHaveLength(10);
    expect(digests()).toHaveLength(10);
    for (const [used, code] of codes.entries()) {
      expect(await login(used % 2 ? code.toUpperCase().replace('-', '') : code)).toBe(true);
      expect(await login(code)).toBe(false);
      expect(digests()).toHaveLength(9 - used);
    }
  });

  it('lets in one of many that use it at once', async () => {
    const { codes } = await enrolled(here, alice);
    const proofs = await Promise.all(
      Array.from({ length: 8 }, () => here.mfa.proof(alice.account, codes[3]!)),
    );
    const entered = await Promise.all(proofs.map((steps) => enter(steps!)));
    expect(entered.filter(Boolean)).toHaveLength(1);
    expect(digests()).toHaveLength(9);
  });

  it('is nothing to another account, and what it is not is wrong at once', async () => {
    const { codes } = await enrolled(here, alice);
    const bob = here.account();
    await enrolled(here, bob);
    for (const wrong of [codes[0]!, 'aaaaa-aaaaa', 'nonsense', ''])
      expect(await here.mfa.proof(bob.account, wrong), wrong).toBeUndefined();
    expect(digests()).toHaveLength(10);
    expect(digests(bob)).toHaveLength(10);
  });

  it('ends with the factor, and with a new set', async () => {
    const first = await enrolled(here, alice);
    const input = { password: PASSWORD, code: first.codes[0]! };
    const { recovery_codes: second } = await here.mfa.renewCodes(alice, input, ORIGIN);
    expect(digests()).toHaveLength(10);
    expect(await login(first.codes[1]!)).toBe(false);
    await here.mfa.disable(alice, { password: PASSWORD, code: second[0]! }, ORIGIN);
    expect(digests()).toHaveLength(0);
    here.clock.at += STEP;
    await enrolled(here, alice);
    for (const code of [...first.codes, ...second]) expect(await login(code)).toBe(false);
    expect(digests()).toHaveLength(10);
  });
});

describe('guessing at a confirmation', () => {
  it('ends with the tries, and the right code comes too late', async () => {
    const { secret } = await here.mfa.enrol(alice);
    const right = codeAt(secret, here.clock.at);
    const wrong = codeAt(secret, here.clock.at + 5 * STEP);
    for (let i = 0; i < TRIES; i++)
      await expect(here.mfa.confirm(alice, wrong, ORIGIN)).rejects.toMatchObject({ code: 'code_invalid' });
    await expect(here.mfa.confirm(alice, right, ORIGIN)).rejects.toMatchObject({ code: 'too_many_attempts' });
    expect(await here.mfa.enabled(alice.account.row)).toBe(false);
    const failures = here.events().filter(({ type }) => type === 'auth.mfa.failed');
    expect(failures).toHaveLength(TRIES);
    expect(failures[0]).toMatchObject({ success: false, code: 'code_invalid', actor: { id: alice.id } });
  });

  it('counts tries that come all at once', async () => {
    await here.mfa.enrol(alice);
    const tries = await Promise.allSettled(
      Array.from({ length: 12 }, () => here.mfa.confirm(alice, 'no code', ORIGIN)),
    );
    const codes = tries.map((one) => one.status === 'rejected' && one.reason.code);
    expect(codes.filter((code) => code === 'code_invalid')).toHaveLength(TRIES);
    expect(codes.filter((code) => code === 'too_many_attempts')).toHaveLength(12 - TRIES);
  });

  it('takes no recovery code, and no code of a secret that was replaced', async () => {
    const { secret: old } = await here.mfa.enrol(alice);
    const { secret } = await here.mfa.enrol(alice);
    const bob = here.account();
    const { codes } = await enrolled(here, bob);
    for (const wrong of [codeAt(old, here.clock.at), codes[0]!])
      await expect(here.mfa.confirm(alice, wrong, ORIGIN)).rejects.toMatchObject({ code: 'code_invalid' });
    await here.mfa.confirm(alice, codeAt(secret, here.clock.at), ORIGIN);
    expect(await here.mfa.enabled(alice.account.row)).toBe(true);
  });
});

describe('at rest', () => {
  it('neither the secret nor a code is in any row or in the audit log', async () => {
    const { secret, codes } = await enrolled(here, alice);
    await expect(
      here.mfa.disable(alice, { password: 'Wrong-Horse-6', code: codes[0]! }, ORIGIN),
    ).rejects.toMatchObject({ code: 'invalid_credentials' });
    const stored = here.atRest();
    expect(stored.includes(alice.id), 'the search finds what is there').toBe(true);
    const sealed = here.db.prepare('select secret_sealed from account_mfa').pluck().get() as Buffer;
    expect(stored.includes(sealed)).toBe(true);
    for (const code of codes)
      for (const form of [code, code.replace('-', ''), code.toUpperCase()])
        expect(stored.includes(form)).toBe(false);
    expect(stored.includes(secret)).toBe(false);
    expect(stored.includes(fromBase32(secret))).toBe(false);
    expect(stored.includes(PASSWORD)).toBe(false);
  });
});

/** RFC 4648 section 6, written out. */
function fromBase32(text: string): Buffer {
  const bits = [...text]
    .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
    .join('');
  return Buffer.from(bits.match(/.{8}/g)!.map((byte) => Number.parseInt(byte, 2)));
}

it('base32 is read back as the same bytes', () => {
  const secret = newSecret();
  expect(fromBase32(base32(secret))).toEqual(secret);
});
