import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type InProcessWriter, inProcessWriter } from '../database/testing/in-process-writer.ts';
import { randomBytes } from '../encryption/randomness.ts';
import { type Component, component } from './message-signature.ts';
import { SignatureRefused, SignatureService, type SignedRequest, type SigningKey } from './service.ts';
import { type RequestSigner, type SignOptions, signRequest } from './sign.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const SECONDS = NOW / 1000;
const DIGEST_KEY = randomBytes(32);
const secret = randomBytes(32);
const pair = generateKeyPairSync('ed25519');
const hmac = { keyId: 'hkey', algorithm: 'hmac-sha256', key: secret } as const;
const edSigner: RequestSigner = { keyId: 'ekey', algorithm: 'ed25519', privateKey: pair.privateKey };
const edKey: SigningKey = {
  keyId: 'ekey',
  algorithm: 'ed25519',
  key: pair.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32),
};

let writer: InProcessWriter;
let clock: { at: number };
let service: SignatureService;
beforeEach(async () => {
  writer = await inProcessWriter();
  clock = { at: NOW };
  service = newService();
});
afterEach(() => writer.close());

const newService = () => new SignatureService({ writer, digestKey: DIGEST_KEY, now: () => clock.at });
const nonces = () => writer.db.prepare('select * from signature_nonces').all() as Record<string, unknown>[];

function get(requestTarget = '/v1/memories?top_k=5', headers: string[] = []): SignedRequest {
  const rawHeaders = ['Host', 'memory.example', 'X-Request', 'one', ...headers];
  return { method: 'GET', targetUri: `https://memory.example${requestTarget}`, requestTarget, rawHeaders };
}
const BODY = '{"content":"a text"}';
const post = (headers: string[] = []): SignedRequest => ({
  ...get('/v1/memories', ['Content-Length', String(BODY.length), ...headers]),
  method: 'POST',
});

/** The request with the fields of its signature. */
function signed(request: SignedRequest, options: SignOptions = {}, body?: string, by: RequestSigner = hmac) {
  const fields = signRequest(request, body, by, { created: SECONDS, ...options });
  return { ...request, rawHeaders: [...request.rawHeaders, ...Object.entries(fields).flat()] };
}
const names = (...all: string[]): Component[] => all.map((name) => component(name));

async function reasonOf(request: SignedRequest, key: SigningKey = hmac, by = service): Promise<string> {
  try {
    await by.verify(request, key);
  } catch (error) {
    if (error instanceof SignatureRefused) return error.reason;
    throw error;
  }
  return 'accepted';
}

/** Changes what follows `start` in one header field. */
const rewritten = (
  request: SignedRequest,
  name: string,
  change: (value: string) => string,
): SignedRequest => ({
  ...request,
  rawHeaders: request.rawHeaders.map((value, i, all) =>
    all[i - 1] === name && i % 2 ? change(value) : value,
  ),
});

describe('a signed request', () => {
  it('is accepted, and tells which body it must have', async () => {
    expect(await service.verify(signed(get()), hmac)).toEqual({ contentDigest: undefined });
    const { contentDigest } = await service.verify(signed(post(), {}, BODY, edSigner), edKey);
    expect(contentDigest).toMatch(/^sha-256=:.{44}:$/);
  });

  it('is accepted once, by whichever of two servers sees it first', async () => {
    const request = signed(get());
    const servers = [newService(), newService(), service];
    const reasons = await Promise.all(servers.map((one) => reasonOf(request, hmac, one)));
    expect(reasons.sort()).toEqual(['accepted', 'signature_replayed', 'signature_replayed']);
    clock.at += 299_000;
    expect(await reasonOf(request)).toBe('signature_replayed');
  });

  it('uses up its nonce for its own key only, and leaves no trace of who or what', async () => {
    const nonce = 'Az'.repeat(10);
    const other = { keyId: 'other', algorithm: 'hmac-sha256', key: randomBytes(32) } as const;
    expect(await reasonOf(signed(get(), { nonce }))).toBe('accepted');
    expect(await reasonOf(signed(get(), { nonce }, undefined, other), other)).toBe('accepted');
    expect(await reasonOf(signed(get('/else'), { nonce }))).toBe('signature_replayed');
    const rows = nonces();
    expect(rows.map((row) => (row.digest as Buffer).length)).toEqual([32, 32]);
    expect(rows.map((row) => row.expires_at)).toEqual([NOW + 600_000, NOW + 600_000]);
  });

  it('uses up no nonce when it is refused: a stranger burns none, and fills no table', async () => {
    const request = signed(get());
    const forged = { ...request, method: 'PUT' };
    expect(await reasonOf(forged)).toBe('signature_wrong');
    expect(await reasonOf(signed(get(), {}, undefined, { ...hmac, key: randomBytes(32) }))).toBe(
      'signature_wrong',
    );
    expect(nonces()).toEqual([]);
    expect(await reasonOf(request)).toBe('accepted');
  });

  it('is not accepted while its nonce cannot be kept', async () => {
    const request = signed(get());
    writer.db.exec('drop table signature_nonces');
    const error: unknown = await service.verify(request, hmac).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'storage_failed' });
    expect(error).not.toBeInstanceOf(SignatureRefused);
  });

  it('lets go of old nonces, a bounded number at once, and never of one that still counts', async () => {
    const insert = writer.db.prepare('insert into signature_nonces (digest, expires_at) values (?, ?)');
    for (let i = 0; i < 50; i++) insert.run(randomBytes(32), NOW - 1 - i);
    const kept = randomBytes(32);
    insert.run(kept, NOW);
    expect(await reasonOf(signed(get()))).toBe('accepted');
    expect(nonces()).toHaveLength(52 - 20);
    for (let i = 0; i < 3; i++) expect(await reasonOf(signed(get()))).toBe('accepted');
    expect(nonces()).toHaveLength(5);
    expect(nonces().some(({ digest }) => kept.equals(digest as Buffer))).toBe(true);
  });

  it('cannot be replayed at any moment while it is fresh, whatever was let go', async () => {
    const request = signed(get(), { created: SECONDS + 300 });
    expect(await reasonOf(request)).toBe('accepted');
    for (const later of [1, 300_000, 600_000]) {
      clock.at = NOW + later;
      expect(await reasonOf(signed(get(), { created: Math.floor(clock.at / 1000) }))).toBe('accepted');
      expect(await reasonOf(request), `${later} ms later`).toBe('signature_replayed');
    }
    clock.at = NOW + 600_001;
    expect(await reasonOf(request)).toBe('signature_stale');
  });
});

describe('the time of a signature', () => {
  it.each([
    [-301, 'signature_stale'],
    [-300, 'accepted'],
    [300, 'accepted'],
    [301, 'signature_stale'],
  ])('%i s from now: %s', async (seconds, outcome) => {
    expect(await reasonOf(signed(get(), { created: SECONDS + seconds }))).toBe(outcome);
  });

  it('ends when it says', async () => {
    expect(await reasonOf(signed(get(), { expires: SECONDS + 1 }))).toBe('accepted');
    expect(await reasonOf(signed(get(), { expires: SECONDS }))).toBe('signature_stale');
  });

  it('must be there, as a whole number', async () => {
    const change = (to: string) =>
      rewritten(signed(get()), 'signature-input', (value) => value.replace(`;created=${SECONDS}`, to));
    for (const to of [
      '',
      ';created',
      ';created="1"',
      ';created=-1',
      `;created=${SECONDS}.5`,
      `;created=@${SECONDS}`,
    ])
      expect(await reasonOf(change(to)), to).toBe('signature_malformed');
    const expires = rewritten(signed(get(), { expires: SECONDS + 9 }), 'signature-input', (value) =>
      value.replace(/expires=\d+/, 'expires="never"'),
    );
    expect(await reasonOf(expires)).toBe('signature_malformed');
  });
});

describe('the nonce of a signature', () => {
  it.each([
    ['Az'.repeat(8), 'accepted'],
    ['z-_9'.repeat(16), 'accepted'],
    ['a1'.repeat(12), 'accepted'],
    ['550e8400-e29b-41d4-a716-446655440000', 'accepted'],
    ['', 'signature_malformed'],
    ['A'.repeat(16), 'signature_malformed'],
    ['z'.repeat(15), 'signature_malformed'],
    ['z'.repeat(65), 'signature_malformed'],
    ['0123456789abcdef', 'signature_malformed'],
    ['0123456789abcdef0123456', 'signature_malformed'],
    ['0123456789ABCDEF', 'signature_malformed'],
    ['b3k2pp5k7z-50gnwp.yemd', 'signature_malformed'],
    [`${'z'.repeat(20)}=`, 'signature_malformed'],
    [`${'z'.repeat(20)} `, 'signature_malformed'],
  ])('"%s": %s', async (nonce, outcome) => {
    expect(await reasonOf(signed(get(), { nonce }))).toBe(outcome);
  });

  it('must be there', async () => {
    const without = rewritten(signed(get()), 'signature-input', (v) => v.replace(/;nonce="[^"]*"/, ''));
    expect(await reasonOf(without)).toBe('signature_malformed');
  });
});

describe('what a signature covers', () => {
  const outcome = (...covered: string[]) => reasonOf(signed(get(), { components: names(...covered) }));

  it('is the method and the target, in one of its spellings', async () => {
    expect(await outcome('@method', '@target-uri')).toBe('accepted');
    expect(await outcome('@authority', '@request-target', '@method')).toBe('accepted');
    expect(await outcome('@method', '@authority', '@path', '@query', 'x-request')).toBe('accepted');
    for (const covered of [
      [],
      ['@method'],
      ['@target-uri'],
      ['@method', '@authority'],
      ['@method', '@request-target'],
      ['@method', '@path', '@query'],
      ['@method', '@authority', '@path'],
      ['@method', '@authority', '@query', '@scheme'],
    ])
      expect(await outcome(...covered), covered.join()).toBe('signature_uncovered');
    const part = [...names('@method', '@authority', '@path'), component('@query-param', { name: 'top_k' })];
    expect(await reasonOf(signed(get(), { components: part }))).toBe('signature_uncovered');
  });

  it('is the digest of a body, and a digest that is there', async () => {
    const bare = names('@method', '@target-uri');
    const chunked = { ...get('/v1/memories', ['Transfer-Encoding', 'chunked']), method: 'POST' };
    for (const request of [post(), chunked]) {
      expect(await reasonOf(signed(request, {}, BODY))).toBe('accepted');
      expect(await reasonOf(signed(request)), 'no digest').toBe('signature_uncovered');
      expect(await reasonOf(signed(request, { components: bare }, BODY))).toBe('signature_uncovered');
    }
    expect(await reasonOf(signed(get(), { components: bare }, ''))).toBe('signature_uncovered');
    expect(await reasonOf(signed(get('/v1', ['Content-Length', '0'])))).toBe('accepted');
    for (const length of ['00', '1', 'x', '', '-0'])
      expect(await reasonOf(signed(get('/v1', ['Content-Length', length]))), length).toBe(
        length === '00' ? 'accepted' : 'signature_uncovered',
      );
  });

  it('is the whole digest, not one member of it', async () => {
    const of = (parameters: Record<string, boolean | string>) => [
      ...names('@method', '@target-uri'),
      component('content-digest', parameters),
    ];
    const outcome = (parameters: Record<string, boolean | string>) =>
      reasonOf(signed(post(), { components: of(parameters) }, BODY));
    expect(await outcome({ key: 'sha-256' })).toBe('signature_uncovered');
    expect(await outcome({ sf: true })).toBe('accepted');
    expect(await outcome({ bs: true })).toBe('accepted');
  });

  it('is the path that the server acts on', async () => {
    const components = names('@method', '@target-uri');
    const behindPrefix = { ...get(), targetUri: 'https://memory.example/prefix/v1/memories?top_k=5' };
    expect(await reasonOf(signed(behindPrefix, { components }))).toBe('accepted');
    for (const requestTarget of [
      '/v1/admin',
      'https://memory.example/v1/memories?top_k=5',
      '*',
      '',
      '//memory',
    ])
      expect(await reasonOf(signed({ ...get(), requestTarget }, { components })), requestTarget).toBe(
        'signature_malformed',
      );
  });
});

describe('the key of a signature', () => {
  it('is named by the signature, and makes the algorithm', async () => {
    expect(await reasonOf(get())).toBe('signature_missing');
    expect(await reasonOf(signed(get()), { ...hmac, keyId: 'another' })).toBe('signature_key');
    expect(await reasonOf(signed(get(), {}, undefined, edSigner), { ...hmac, keyId: 'ekey' })).toBe(
      'signature_key',
    );
    const plain = (text: string) =>
      rewritten(signed(get()), 'signature-input', (value) => value.replace(/;alg="[^"]*"/, text));
    for (const alg of [';alg="ed25519"', ';alg="none"', ';alg="HMAC-SHA256"', ';alg', ';alg=hmac-sha256'])
      expect(await reasonOf(plain(alg)), alg).toBe('signature_key');
    expect(await reasonOf(plain('')), 'another base than was signed').toBe('signature_wrong');
  });

  it("is not mistaken: a public key is no HMAC secret, nor is nobody's", async () => {
    const asSecret = { keyId: 'ekey', algorithm: 'hmac-sha256', key: edKey.key } as const;
    const confused = signed(get(), {}, undefined, asSecret);
    expect(await reasonOf(confused, edKey)).toBe('signature_key');
    for (const key of [new Uint8Array(0), randomBytes(31)]) {
      const weak = { ...hmac, key };
      expect(await reasonOf(signed(get(), {}, undefined, weak), weak)).toBe('signature_key');
    }
    const short = { ...edKey, key: edKey.key.subarray(1) };
    expect(await reasonOf(signed(get(), {}, undefined, edSigner), short)).toBe('signature_key');
  });

  it('signs once: of two signatures with it none counts, those of others do not matter', async () => {
    const other = { keyId: 'proxy', algorithm: 'hmac-sha256', key: randomBytes(32) } as const;
    const byProxy = signed(signed(get()), { label: 'proxy', components: [] }, undefined, other);
    expect(await reasonOf(byProxy)).toBe('accepted');
    const twice = signed(signed(get()), { label: 'sig2' });
    expect(await reasonOf(twice)).toBe('signature_malformed');
    const forged = signed(signed(get()), { label: 'sig2' }, undefined, { ...hmac, key: other.key });
    expect(await reasonOf(forged)).toBe('signature_malformed');
  });

  it('is never named in a refusal, nor is anything that was sent', async () => {
    const thrown: unknown = await service
      .verify(signed(get()), { ...hmac, key: randomBytes(32) })
      .catch((e) => e);
    expect(thrown).toMatchObject({ code: 'unauthenticated', reason: 'signature_wrong' });
    expect((thrown as Error).message).not.toMatch(/hkey|memory\.example|created=|:[A-Za-z0-9+/]{20}/);
  });
});
