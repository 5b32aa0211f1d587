import fc from 'fast-check';
import { compactVerify, jwtVerify, SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Actor, authorize } from '../../access/actor.ts';
import type { AuditEvent } from '../../audit/entry.ts';
import { createRecorder } from '../../audit/recorder.ts';
import { inProcessWriter } from '../../database/testing/in-process-writer.ts';
import { randomBytes } from '../../encryption/randomness.ts';
import { dataKey } from '../../encryption/seal.ts';
import { ed25519Thumbprint, newTokenKey, openTokenKey, sealTokenKey } from '../../encryption/token-key.ts';
import { NO_REQUEST } from '../../http/origin.ts';
import { TokenKeys } from './service.ts';
import { standingKeys } from './store.ts';

const MINUTES = 15;
const LIFETIME = MINUTES * 60_000;
const START = Date.parse('2026-11-21T12:00:00Z');
const STANDS = { sql: 'select 1 as stands', parameters: [], otherwise: 'stale_authorization' };
const GONE = { sql: 'select 1 as stands where 1 = 0', parameters: [], otherwise: 'stale_authorization' };

type Writer = Awaited<ReturnType<typeof inProcessWriter>>;
let writer: Writer;
let clock: { at: number };
let reads: number;
const keys = { records: dataKey(randomBytes(32)), digest: randomBytes(32), tokenSecret: randomBytes(32) };

/** A server's view of the one database. */
function replica(options: { now?: () => number; read?: Writer['read'] } = {}): TokenKeys {
  const counted: Writer['read'] = (statement, values) => {
    reads++;
    return (options.read ?? writer.read)(statement, values);
  };
  return new TokenKeys({
    writer: { commit: (unit) => writer.commit(unit), read: counted },
    keys,
    recorder: createRecorder(writer, keys.records),
    now: options.now ?? (() => clock.at),
    accessTokenMinutes: MINUTES,
  });
}

function admin(guard = STANDS) {
  const actor: Actor = {
    kind: 'account',
    id: 'account-1',
    account: { row: 1, publicId: 'account-1' },
    namespace: { id: 1, publicId: 'namespace-1' },
    auditReads: 'durable',
    role: 'admin',
    permissions: new Set(['users:manage'] as const),
    session: 'session-1',
    guard,
  };
  return authorize(actor, 'users:manage');
}

async function sign(by: TokenKeys): Promise<{ kid: string; token: string }> {
  const { kid, key } = await by.signing();
  const token = await new SignJWT({ sub: 'x' }).setProtectedHeader({ alg: 'EdDSA', kid }).sign(key);
  return { kid, token };
}

async function accepts(by: TokenKeys, { kid, token }: { kid: string; token: string }): Promise<boolean> {
  const key = await by.verifying(kid);
  if (!key) return false;
  await jwtVerify(token, key, { algorithms: ['EdDSA'] });
  return true;
}

const events = () =>
  writer.leaves.map(({ skeleton }) => JSON.parse(Buffer.from(skeleton).toString()) as AuditEvent);
const rows = () => writer.read(standingKeys, { since: 0 });

beforeEach(async () => {
  writer = await inProcessWriter();
  clock = { at: START };
  reads = 0;
});
afterEach(() => writer.close());

describe('a token key', () => {
  it('has the thumbprint of RFC 8037 A.3, and verifies the JWS of its A.4', async () => {
    const x = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo';
    expect(ed25519Thumbprint(x)).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
    const jws =
      'eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg';
    const { payload } = await compactVerify(
      jws,
      { kty: 'OKP', crv: 'Ed25519', x },
      { algorithms: ['EdDSA'] },
    );
    expect(Buffer.from(payload).toString()).toBe('Example of Ed25519 signing');
  });

  it('opens as it was sealed, at its own id and under its own key only', () => {
    const key = newTokenKey();
    const sealed = sealTokenKey(keys.records, key);
    expect(openTokenKey(keys.records, key.kid, sealed).jwk).toEqual(key.jwk);
    const damaged = { code: 'decryption_failed' };
    const attempts = [
      () => openTokenKey(keys.records, newTokenKey().kid, sealed),
      () => openTokenKey(dataKey(randomBytes(32)), key.kid, sealed),
      () =>
        openTokenKey(keys.records, key.kid, sealTokenKey(keys.records, { ...newTokenKey(), kid: key.kid })),
    ];
    for (const attempt of attempts) expect(attempt).toThrow(expect.objectContaining(damaged));
    const der = key.privateKey.export({ format: 'der', type: 'pkcs8' });
    expect(sealed.includes(der.subarray(-32))).toBe(false);
  });
});

describe('the first token key', () => {
  it('is one, however many servers start at once and later, with one event', async () => {
    const servers = Array.from({ length: 4 }, () => replica());
    await Promise.all(servers.map((server) => server.load()));
    const later = replica();
    await later.load();
    const kids = await Promise.all([...servers, later].map(async (server) => (await server.signing()).kid));
    expect(new Set(kids).size).toBe(1);
    expect(await rows()).toHaveLength(1);
    expect(events()).toMatchObject([
      { type: 'auth.tokenkey.rotated', actor: { kind: 'system' }, resource: { ids: [kids[0]] } },
    ]);
  });

  it('signs what its published half verifies, and publishes nothing else', async () => {
    const server = replica();
    await server.load();
    const signed = await sign(server);
    expect(await accepts(server, signed)).toBe(true);
    const { keys: published } = await server.jwks();
    expect(published).toEqual([
      { kty: 'OKP', crv: 'Ed25519', x: expect.any(String), kid: signed.kid, use: 'sig', alg: 'EdDSA' },
    ]);
    expect(ed25519Thumbprint(published[0]!.x)).toBe(signed.kid);
    await compactVerify(signed.token, published[0]!, { algorithms: ['EdDSA'] });
  });

  it('is asked for before there is one: that is a defect, not a token', async () => {
    await expect(replica().signing()).rejects.toThrow('load()');
    expect(await replica().jwks()).toEqual({ keys: [] });
  });
});

describe('a rotation', () => {
  it('makes a new key sign; the old one verifies until its last token has expired', async () => {
    const server = replica();
    await server.load();
    const old = await sign(server);
    clock.at += 1000;
    const { kid } = await server.rotate(admin(), NO_REQUEST);
    const fresh = await sign(server);
    expect(fresh.kid).toBe(kid);
    expect(kid).not.toBe(old.kid);
    clock.at = START + 1000 + LIFETIME + 59_999;
    expect([await accepts(server, old), await accepts(server, fresh)]).toEqual([true, true]);
    expect((await server.jwks()).keys.map((key) => key.kid)).toEqual([kid, old.kid]);
    clock.at++;
    expect([await accepts(server, old), await accepts(server, fresh)]).toEqual([false, true]);
    expect((await server.jwks()).keys.map((key) => key.kid)).toEqual([kid]);
  });

  it('is in the audit log, with who did it', async () => {
    const server = replica();
    await server.load();
    const { kid } = await server.rotate(admin(), { requestId: 'r1', client: { ip: '192.0.2.7' } });
    expect(events().at(-1)).toMatchObject({
      type: 'auth.tokenkey.rotated',
      severity: 'warning',
      success: true,
      actor: { kind: 'account', id: 'account-1', session: 'session-1' },
      namespace: 'namespace-1',
      requestId: 'r1',
      resource: { type: 'token_key', ids: [kid] },
    });
    expect(JSON.stringify(events())).not.toContain('192.0.2.7');
  });

  it('does nothing when the credential was revoked meanwhile', async () => {
    const server = replica();
    await server.load();
    const { kid } = await server.signing();
    const refused = server.rotate(admin(GONE), NO_REQUEST);
    await expect(refused).rejects.toMatchObject({ code: 'stale_authorization' });
    clock.at += 60_000;
    expect((await server.signing()).kid).toBe(kid);
    expect(await rows()).toHaveLength(1);
    expect(events()).toHaveLength(1);
  });

  it('from two replicas at once leaves one key that signs', async () => {
    const [a, b] = [replica(), replica()];
    await a.load();
    await b.load();
    await Promise.all([a.rotate(admin(), NO_REQUEST), b.rotate(admin(), NO_REQUEST)]);
    clock.at += 5000;
    expect((await a.signing()).kid).toBe((await b.signing()).kid);
    expect((await rows()).filter(({ retired_at }) => retired_at === null)).toHaveLength(1);
  });

  it('on another replica is seen by an idle server before it signs again', async () => {
    const [a, b] = [replica(), replica()];
    await a.load();
    await b.load();
    const { kid } = await a.rotate(admin(), NO_REQUEST);
    clock.at += 5000;
    expect((await b.signing()).kid).toBe(kid);
  });

  it('is not undone by a reading that began before it', async () => {
    let hold: (() => void) | undefined;
    const slow: Writer['read'] = async (statement, values) => {
      const rowsThen = await writer.read(statement, values);
      if (hold === undefined) return rowsThen;
      await new Promise<void>((resolve) => {
        hold = resolve;
      });
      return rowsThen;
    };
    const server = replica({ read: slow });
    await server.load();
    clock.at += 5000;
    hold = () => {};
    const early = server.signing();
    await new Promise((resolve) => setImmediate(resolve));
    const release = hold;
    hold = undefined;
    const { kid } = await server.rotate(admin(), NO_REQUEST);
    release();
    expect((await early).kid).toBe(kid);
    expect((await server.signing()).kid).toBe(kid);
  });
});

describe('a token with an unknown key id', () => {
  it('makes the server read at most once a second, however many come', async () => {
    const server = replica();
    await server.load();
    reads = 0;
    for (let i = 0; i < 20; i++) {
      clock.at += 100;
      const all = Array.from({ length: 10 }, (_, n) => server.verifying(`unknown-${i}-${n}`));
      expect(await Promise.all(all)).toEqual(Array(10).fill(undefined));
    }
    expect(reads).toBe(2);
  });

  it('is known after a second when another replica made the key', async () => {
    const [a, b] = [replica(), replica()];
    await a.load();
    await b.load();
    await a.rotate(admin(), NO_REQUEST);
    const fresh = await sign(a);
    expect(await accepts(b, fresh)).toBe(false);
    clock.at += 1000;
    expect(await accepts(b, fresh)).toBe(true);
  });

  it('is not found by a clock that was set back, but read for', async () => {
    const [a, b] = [replica(), replica()];
    await a.load();
    await b.load();
    clock.at -= 3_600_000;
    const { kid } = await a.rotate(admin(), NO_REQUEST);
    expect(await b.verifying(kid)).toBeDefined();
  });
});

describe('the table of keys, written to by somebody without the server key', () => {
  it('adds no key that verifies, and moves none', async () => {
    const server = replica();
    await server.load();
    const forged = newTokenKey();
    const [mine] = await rows();
    const insert = writer.db.prepare(
      'insert into token_keys (id, sealed, public_key, created_at) values (?, ?, ?, ?)',
    );
    for (const sealed of [mine!.sealed, sealTokenKey(dataKey(randomBytes(32)), forged)]) {
      insert.run(forged.kid, Buffer.from(sealed), JSON.stringify(forged.jwk), START);
      clock.at += 5000;
      await expect(server.verifying(forged.kid)).rejects.toMatchObject({ code: 'decryption_failed' });
      writer.db.prepare('delete from token_keys where id = ?').run(forged.kid);
    }
    writer.db.prepare('update token_keys set public_key = ?').run(JSON.stringify(forged.jwk));
    expect((await replica().jwks()).keys.map(({ kid }) => kid)).toEqual([mine!.id]);
    expect(await replica().verifying(forged.kid)).toBeUndefined();
  });
});

describe('on two replicas with clocks up to 20 s apart', () => {
  it('whatever is signed verifies everywhere until it expires, through any rotations', async () => {
    const step = fc.record({
      wait: fc.constantFrom(0, 500, 1000, 4999, 5000, 60_000, LIFETIME),
      does: fc.constantFrom('sign', 'rotate', 'verify'),
      on: fc.nat({ max: 1 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 25 }),
        fc.integer({ min: -20_000, max: 20_000 }),
        async (steps, skew) => {
          writer.db.exec('delete from token_keys');
          const servers = [replica(), replica({ now: () => clock.at + skew })];
          for (const server of servers) await server.load();
          const signed: { kid: string; token: string; until: number }[] = [];
          for (const { wait, does, on } of steps) {
            clock.at += wait;
            const server = servers[on]!;
            if (does === 'rotate') await server.rotate(admin(), NO_REQUEST);
            else if (does === 'sign') signed.push({ ...(await sign(server)), until: clock.at + LIFETIME });
            else {
              // A replica may be a second late in learning of a key.
              clock.at += 1000;
              for (const one of signed.filter(({ until }) => clock.at < until))
                for (const each of servers) if (!(await accepts(each, one))) return false;
            }
          }
          return true;
        },
      ),
      { numRuns: 40 },
    );
  });
});
