import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contentDigest } from '../../packages/server/src/signatures/content-digest.ts';
import { component } from '../../packages/server/src/signatures/message-signature.ts';
import type { RequestSigner, SignOptions } from '../../packages/server/src/signatures/sign.ts';
import { exportedEvents, exportLog } from '../audit-log.ts';
import type { Server } from '../server-process.ts';
import { filesBelow, occurrences } from './byte-search.ts';
import { loggedIn, made, newPerson, type Person, startWithAdmin, teamOf } from './cast.ts';
import { type RawAnswer, type RawCall, rawCall, signed } from './raw-call.ts';

interface SigningKey {
  id: string;
  key: string;
  signer: RequestSigner;
}
const pair = generateKeyPairSync('ed25519');
const publicKey = pair.publicKey.export({ format: 'pem', type: 'spki' }).toString();

let server: Server;
let alice: Person;
let hmac: SigningKey;
let ed25519: SigningKey;
/** Signs when it likes. */
let free: SigningKey;
const secrets: Record<string, string> = {};
const sent = { accepted: 0, refused: 0 };
const now = () => Math.floor(Date.now() / 1000);

async function keyWith(signing: object, by = alice): Promise<SigningKey> {
  const body = await made(by.api('POST', '/api-keys', { name: 'k', signing }));
  const { id, key, signing_secret: secret } = body;
  if (secret === undefined)
    return { id, key, signer: { keyId: id, algorithm: 'ed25519', privateKey: pair.privateKey } };
  secrets[`signing secret of ${id}`] = secret;
  return { id, key, signer: { keyId: id, algorithm: 'hmac-sha256', key: Buffer.from(secret, 'base64') } };
}

beforeAll(async () => {
  ({ server } = await startWithAdmin());
  alice = await newPerson(server, 'alice');
  hmac = await keyWith({ algorithm: 'hmac-sha256' });
  ed25519 = await keyWith({ algorithm: 'ed25519', public_key: publicKey });
  free = await keyWith({ algorithm: 'hmac-sha256', required: false });
});

const BODY = '{"content":"the lighthouse is green","user_id":"u"}';
const OTHER = '{"content":"the lighthouse is black","user_id":"u"}';
const POST: RawCall = { method: 'POST', path: '/memories', body: BODY };
const GET: RawCall = { method: 'GET', path: '/memories?user_id=u&top_k=5' };

const call = (what: RawCall, { key }: { key: string }) =>
  rawCall(server.url, { ...what, headers: { 'x-api-key': key, ...what.headers } });
const sign = (what: RawCall, { signer }: SigningKey, options?: SignOptions) =>
  signed(server.url, what, signer, options);
async function accepted(what: RawCall, by: { key: string } = hmac): Promise<RawAnswer> {
  const answer = await call(what, by);
  expect([200, 201], answer.text).toContain(answer.status);
  sent.accepted++;
  return answer;
}
/** Refused like any credential that is none, and without a trace in what is stored. */
async function refused(what: RawCall, by: { key: string } = hmac): Promise<void> {
  const before = await total();
  const answer = await call(what, by);
  expect([answer.status, answer.body.code], answer.text).toEqual([401, 'unauthenticated']);
  expect(answer.body.detail).not.toMatch(/signature|digest|nonce/i);
  expect(await total()).toBe(before);
  sent.refused++;
}
async function total(): Promise<number> {
  const { body } = await alice.api('GET', '/api-keys');
  const all = await rawCall(server.url, {
    method: 'GET',
    path: '/memories?user_id=u',
    headers: { 'x-api-key': free.key },
  });
  return all.body.total + body.api_keys.length;
}
const with_ = (what: RawCall, headers: Record<string, string | string[]>): RawCall => ({
  ...what,
  headers: { ...what.headers, ...headers },
});
const without = (what: RawCall, name: string): RawCall => ({
  ...what,
  headers: Object.fromEntries(Object.entries(what.headers ?? {}).filter(([header]) => header !== name)),
});
const names = (...all: string[]) => ({ components: all.map((name) => component(name)) });

describe.each([
  ['HMAC-SHA256', () => hmac],
  ['Ed25519', () => ed25519],
])('a request signed with %s', (_, of) => {
  test('is accepted: with a body, without one, chunked, empty, on the mem0 door', async () => {
    await accepted(sign(GET, of()), of());
    await accepted(sign(POST, of()), of());
    await accepted(sign({ ...POST, chunked: true }, of()), of());
    await accepted(sign({ method: 'GET', path: '/v1/ping/' }, of()), of());
    const add = { method: 'POST', path: '/v3/memories/add/', body: '{"messages":"hello","user_id":"u"}' };
    await accepted(sign(add, of()), of());
    const { id } = (await accepted(sign(POST, of()), of())).body;
    await accepted(sign({ method: 'DELETE', path: `/memories/${id}` }, of()), of());
    // A digest of no bytes says that there is no body.
    const empty = { 'content-digest': contentDigest('') };
    await accepted(
      sign({ ...GET, headers: empty }, of(), names('@method', '@target-uri', 'content-digest')),
      of(),
    );
  });

  test('is good once: a replay is refused, and of two at the same moment one is', async () => {
    const one = sign(POST, of());
    await accepted(one, of());
    await refused(one, of());
    for (let round = 0; round < 10; round++) {
      const same = sign(POST, of());
      const answers = await Promise.all([call(same, of()), call(same, of())]);
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 401]);
      sent.accepted++;
      sent.refused++;
    }
    const nonce = 'a-nonce-of-my-own-choosing';
    await accepted(sign(GET, of(), { nonce }), of());
    await refused(sign({ ...GET, path: '/memories?user_id=v' }, of(), { nonce }), of());
  });

  test('is refused when it is missing, or the half of it', async () => {
    const whole = sign(POST, of());
    await refused(POST, of());
    await refused(without(whole, 'signature'), of());
    await refused(without(whole, 'signature-input'), of());
    await refused(GET, of());
    const add = { method: 'POST', path: '/v3/memories/add/', body: '{"messages":"hello","user_id":"u"}' };
    await refused(add, of());
  });

  test('is refused when it is stale: 301 seconds old or early, or past its own end', async () => {
    await accepted(sign(GET, of(), { created: now() - 280 }), of());
    await accepted(sign(GET, of(), { created: now() + 280 }), of());
    for (const created of [now() - 302, now() + 302, 0, now() - 86_400])
      await refused(sign(GET, of(), { created }), of());
    await refused(sign(GET, of(), { expires: now() - 1 }), of());
    await refused(sign(GET, of(), { expires: now() }), of());
  });

  test('is refused when it leaves something out: method, target or digest', async () => {
    for (const covered of [
      [],
      ['@method'],
      ['@target-uri'],
      ['@method', '@path'],
      ['@method', '@authority'],
      ['@method', '@authority', '@path'],
      ['@authority', '@path', '@query'],
    ])
      await refused(sign(GET, of(), names(...covered)), of());
    await refused(sign(POST, of(), names('@method', '@target-uri')), of());
    const digest = { 'content-digest': contentDigest(BODY) };
    await refused(sign({ ...GET, headers: digest }, of(), names('@method', '@target-uri')), of());
    await accepted(sign(GET, of(), names('@method', '@authority', '@request-target')), of());
    await accepted(sign(GET, of(), names('@method', '@authority', '@path', '@query')), of());
  });

  test('is refused when anything of it was changed on the way', async () => {
    const get = () => sign(GET, of());
    const post = () => sign(POST, of());
    const changes: RawCall[] = [
      { ...get(), method: 'DELETE', path: '/v1/memories/?user_id=u' },
      { ...get(), path: '/memories?user_id=v&top_k=5' },
      { ...get(), path: '/memories?user_id=u&top_k=5&offset=1' },
      { ...get(), path: '/memories?top_k=5&user_id=u' },
      { ...get(), path: '/memories?user_id=%75&top_k=5' },
      { ...get(), path: '/memories/?user_id=u&top_k=5' },
      { ...get(), path: '//memories?user_id=u&top_k=5' },
      { ...get(), host: 'memory.example.org' },
      { ...get(), host: `localhost:${new URL(server.url).port}` },
      { ...post(), body: OTHER },
      { ...post(), body: `${BODY} ` },
      { ...post(), body: BODY.replace('{', '{ ') },
      { ...post(), body: OTHER, chunked: true },
      without(post(), 'content-digest'),
      { ...post(), body: '' },
      with_({ ...post(), body: OTHER }, { 'content-digest': contentDigest(OTHER) }),
      with_(post(), { 'content-digest': 'sha-256=:AAAA:' }),
      with_(post(), { 'content-digest': 'md5=:AAAAAAAAAAAAAAAAAAAAAA==:' }),
      with_(post(), { 'content-digest': `${contentDigest(BODY)}, ${contentDigest(OTHER)}` }),
      { ...post(), path: '/v3/memories/add/' },
    ];
    for (const change of changes) await refused(change, of());
  });

  test('is refused when its parameters or its bytes were', async () => {
    const post = () => sign(POST, of());
    const input = (change: (text: string) => string) => {
      const one = post();
      return with_(one, { 'signature-input': change(one.headers!['signature-input'] as string) });
    };
    const bytes = (change: (text: string) => string) => {
      const one = post();
      return with_(one, { signature: change(one.headers!.signature as string) });
    };
    for (const change of [
      input((text) => text.replace(/created=(\d+)/, (_, at) => `created=${Number(at) + 1}`)),
      input((text) => text.replace(/created=\d+;/, '')),
      input((text) => text.replace(/nonce="./, 'nonce="_')),
      input((text) => text.replace(/;nonce="[^"]*"/, '')),
      input((text) => text.replace(/alg="[^"]*"/, 'alg="none"')),
      input((text) => text.replace(/alg="[^"]*"/, 'alg="rsa-v1_5-sha256"')),
      input((text) => text.replace(/keyid="[^"]*"/, 'keyid=""')),
      input((text) => text.replace('"@method" ', '')),
      input((text) => text.replace('"@method"', '"@method" "@method"')),
      input((text) => text.replace('"@target-uri"', '"@path"')),
      input((text) => `${text}, sig2=()`),
      input(() => ''),
      bytes((text) => text.replace(/=:./, (head) => (head === '=:A' ? '=:B' : '=:A'))),
      bytes((text) => text.replace(/=:.*:$/, '=::')),
      bytes((text) => text.replace(/=:.*:$/, '=:AAAA:')),
      bytes((text) => text.replace('sig1', 'sig2')),
      bytes((text) => `${text}, ${text}`),
    ])
      await refused(change, of());
  });

  test('is refused with the signature, or under the name, of another key', async () => {
    const other = of() === hmac ? ed25519 : hmac;
    await refused(sign(POST, other), of());
    await refused(sign(POST, { ...of(), signer: { ...of().signer, keyId: other.id } }), of());
    await refused(sign(POST, { ...of(), signer: { ...of().signer, keyId: 'unknown' } }), of());
    await refused(sign(POST, { ...of(), signer: { ...other.signer, keyId: of().id } }), of());
    const twin = await keyWith({ algorithm: 'hmac-sha256' });
    await refused(sign(POST, { ...of(), signer: { ...twin.signer, keyId: of().id } }), of());
    // The key's own text, its id and the published half are no secrets to sign with.
    for (const key of [
      of().key,
      of().id,
      publicKey,
      pair.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32),
    ]) {
      const bytes = Buffer.concat([Buffer.from(key), Buffer.alloc(32)]).subarray(0, Math.max(32, key.length));
      await refused(
        sign(POST, { ...of(), signer: { keyId: of().id, algorithm: 'hmac-sha256', key: bytes } }),
        of(),
      );
    }
  });
});

describe('a key that may sign', () => {
  test('is accepted unsigned and signed, and refused when the signature is wrong', async () => {
    await accepted(GET, free);
    await accepted(POST, free);
    await accepted(sign(POST, free), free);
    const once = sign(POST, free);
    await accepted(once, free);
    await refused(once, free);
    await refused({ ...sign(POST, free), body: OTHER }, free);
    await refused(sign(POST, hmac), free);
    await refused(with_(POST, { signature: 'sig1=:AAAA:' }), free);
    await refused(with_(POST, { 'signature-input': 'sig1=("@method");created=1' }), free);
  });

  test('has its secret shown once, when it is made and when it is rotated', async () => {
    const one = await keyWith({ algorithm: 'hmac-sha256' });
    const list = await alice.api('GET', '/api-keys');
    for (const secret of Object.values(secrets)) expect(list.text).not.toContain(secret);
    expect(list.body.api_keys.find(({ id }: { id: string }) => id === one.id).signing).toEqual({
      algorithm: 'hmac-sha256',
      required: true,
    });
    const rotated = await made(alice.api('POST', `/api-keys/${one.id}/rotate`, {}));
    const secret = rotated.signing_secret as string;
    secrets.rotated = secret;
    const next: SigningKey = {
      ...one,
      key: rotated.key,
      signer: { keyId: one.id, algorithm: 'hmac-sha256', key: Buffer.from(secret, 'base64') },
    };
    await accepted(sign(POST, next), next);
    // The old text is still good, the old signing secret is not.
    await accepted(sign(POST, next), one);
    await refused(sign(POST, one), one);
    await refused(sign(POST, one), next);
  });

  test('has no private key taken, nor one that signs nothing safely', async () => {
    const bad = [
      pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
      JSON.stringify(pair.privateKey.export({ format: 'jwk' })),
      generateKeyPairSync('ec', { namedCurve: 'P-256' })
        .publicKey.export({ format: 'pem', type: 'spki' })
        .toString(),
      Buffer.alloc(32).toString('base64'),
      Buffer.from([1, ...Array(31).fill(0)]).toString('base64'),
      '',
      'x',
    ];
    for (const public_key of bad) {
      const { status, text } = await alice.api('POST', '/api-keys', {
        name: 'k',
        signing: { algorithm: 'ed25519', public_key },
      });
      expect([public_key.slice(0, 30), status]).toEqual([public_key.slice(0, 30), 400]);
      if (public_key.length > 20) expect(text).not.toContain(public_key.slice(40, 60));
    }
  });
});

test('a namespace that asks for signatures lets no key in unsigned, nor one that cannot sign', async () => {
  const { id, admin } = await teamOf(server, alice);
  const plain = await made(admin.api('POST', '/api-keys', { name: 'plain' }));
  const optional = await keyWith({ algorithm: 'hmac-sha256', required: false }, admin);
  await accepted(POST, plain);
  await accepted(POST, optional);
  await made(admin.api('PATCH', `/namespaces/${id}`, { require_signatures: true }));
  for (const key of [plain, optional]) {
    expect((await call(POST, key)).status).toBe(401);
    expect((await call(GET, key)).status).toBe(401);
    sent.refused += 2;
  }
  await accepted(sign(POST, optional), optional);
  expect((await call(sign(POST, { ...optional, id: plain.id }), plain)).status).toBe(401);
  // People are not asked: they have logged in.
  expect((await admin.api('GET', '/memories')).body.total).toBe(3);
  const own = await loggedIn(server, 'alice', alice.password);
  expect((await own.api('GET', '/memories')).status).toBe(200);
  await made(admin.api('PATCH', `/namespaces/${id}`, { require_signatures: false }));
  await accepted(POST, plain);
});

afterAll(async () => {
  await server.stop();
  console.info(`${sent.accepted} signed requests accepted, ${sent.refused} refused`);
  expect(sent.refused).toBeGreaterThan(120);
  expect(sent.accepted).toBeGreaterThan(40);
  const { file } = await exportLog(server.dataDir);
  const told = exportedEvents(file).filter(({ type }) => type === 'auth.signature.invalid');
  expect(told.length).toBeGreaterThan(sent.refused - 10);
  const printed = { name: 'what the server printed', bytes: Buffer.from(server.output()) };
  expect(occurrences([...filesBelow(server.dataDir), printed], secrets)).toEqual([]);
  expect(server.output()).not.toMatch(/request failed|internal_error|Uncaught|at .*\.[jt]s:\d+/);
}, 60_000);
