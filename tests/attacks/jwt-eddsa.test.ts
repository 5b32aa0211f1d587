import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { identity, login, newUser } from '../../packages/server/src/sessions/testing/identity.ts';
import { apiOf, bearer, registered } from '../api.ts';
import { type Server, startServer } from '../server-process.ts';
import {
  base64url,
  type Claims,
  claimsOf,
  ed25519,
  encode,
  Forgeries,
  HS_HEADER,
  headerOf,
  hs256,
  seconds,
} from './forgery.ts';

const SECRET = 'the-secret-of-this-test-has-more-than-32-bytes';
const PASSWORD = 'Correct-Horse-7';
const HS = { MEMHOLD_JWT_SECRET: SECRET, MEMHOLD_ADMIN_PASSWORD: PASSWORD };
const EDDSA = { ...HS, MEMHOLD_JWT_ALGORITHM: 'EdDSA' };
const LONG = process.env.MEMHOLD_TEST_LONG !== undefined;

interface Jwk {
  [member: string]: string;
  kid: string;
  x: string;
}
let server: Server;
let forgeries: Forgeries;
let token: string;
let claims: Claims;
let header: Record<string, string>;
let jwk: Jwk;

const jwksOf = async ({ url }: Server) =>
  (await apiOf(url)('GET', '/.well-known/jwks.json')).body.keys as Jwk[];
const publicKeyOf = (key: Jwk) => createPublicKey({ key, format: 'jwk' });
const own = generateKeyPairSync('ed25519');
const ownJwk = own.publicKey.export({ format: 'jwk' });

async function tokenOf({ url }: Server, username: string): Promise<string> {
  const { status, body } = await apiOf(url)('POST', '/auth/login', { username, password: PASSWORD });
  expect(status).toBe(200);
  return body.access_token;
}

beforeAll(async () => {
  server = await startServer({ settings: EDDSA });
  forgeries = new Forgeries(server);
  ({ token } = await registered(server.url, 'alice'));
  claims = claimsOf(token);
  header = headerOf(token);
  [jwk] = (await jwksOf(server)) as [Jwk];
});

test('a token of ours gets in, and verifies with the published key: the control of what follows', async () => {
  expect(header).toEqual({ alg: 'EdDSA', typ: 'at+jwt', kid: jwk.kid });
  const [head, payload, signature] = token.split('.');
  const signed = Buffer.from(`${head}.${payload}`);
  expect(verify(null, signed, publicKeyOf(jwk), Buffer.from(signature!, 'base64url'))).toBe(true);
  expect(Object.keys(jwk).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
  await forgeries.accepts(token);
});

describe('a forged token', () => {
  test('is refused when the published key was taken for an HMAC secret, in any form', async () => {
    const key = publicKeyOf(jwk);
    const pem = key.export({ format: 'pem', type: 'spki' }) as string;
    const secrets: (string | Uint8Array)[] = [
      jwk.x,
      Buffer.from(jwk.x, 'base64url'),
      Buffer.from(jwk.x, 'base64url').toString('hex'),
      Buffer.from(jwk.x, 'base64url').toString('base64'),
      JSON.stringify(jwk),
      JSON.stringify({ keys: [jwk] }),
      pem,
      pem.trim(),
      pem.replaceAll('\n', ''),
      pem.replaceAll('\n', '\r\n'),
      pem.replace(/-----[^-]+-----|\n/g, ''),
      key.export({ format: 'der', type: 'spki' }),
      jwk.kid,
      Buffer.from(jwk.kid, 'base64url'),
      '',
      'secret',
      // Set beside the other algorithm, it signs nothing.
      SECRET,
    ];
    const headers = [
      HS_HEADER,
      { ...HS_HEADER, kid: jwk.kid },
      { ...header, alg: 'HS512' },
      // The signature of HMAC under the right algorithm's name.
      header,
    ];
    for (const secret of secrets)
      for (const head of headers)
        for (const payload of [claims, { ...claims, role: 'admin' }])
          await forgeries.refuses(
            hs256(head, payload, secret),
            `${head.alg} with ${String(secret).slice(0, 20)}`,
          );
  });

  test('is refused when it is signed by a key of its own, whatever key its header names or brings', async () => {
    const headers: object[] = [
      header,
      { ...header, kid: 'own' },
      { ...header, jwk: ownJwk },
      { ...header, jwk: { ...ownJwk, kid: jwk.kid } },
      { alg: 'EdDSA', typ: 'at+jwt', jwk: ownJwk },
      { alg: 'EdDSA', typ: 'at+jwt' },
      { ...header, jku: 'https://attacker.example/jwks.json' },
      { ...header, x5u: 'https://attacker.example/chain.pem' },
      { ...header, x5c: ['MIIB'] },
      { ...header, crit: ['kid'] },
      { ...header, crit: ['b64'], b64: false },
      { ...header, alg: 'Ed25519' },
      { ...header, alg: 'Ed448' },
      { ...header, alg: 'ES256' },
      { ...header, alg: ['EdDSA'] },
    ];
    for (const head of headers)
      await forgeries.refuses(ed25519(head, claims, own.privateKey), JSON.stringify(head));
  });

  test('is refused with any other kid: path, SQL, unknown, huge, a number, another case', async () => {
    const kids = [
      '../../../../../../dev/null',
      '/dev/null',
      'file:///proc/self/environ',
      "' OR '1'='1",
      "' UNION SELECT sealed FROM token_keys --",
      '%',
      '*',
      '__proto__',
      'constructor',
      '0',
      '',
      'k'.repeat(128),
      'k'.repeat(129),
      'k'.repeat(2500),
      jwk.kid.toLowerCase(),
      `${jwk.kid} `,
      `${jwk.kid}\0`,
      jwk.kid.slice(0, -1),
      base64url(jwk.kid),
      0,
      1,
      [jwk.kid],
      { eq: jwk.kid },
      null,
      true,
    ];
    const [, payload, signature] = token.split('.');
    for (const kid of kids) {
      const why = `kid ${JSON.stringify(kid).slice(0, 40)}`;
      await forgeries.refuses(ed25519({ ...header, kid }, claims, own.privateKey), why);
      await forgeries.refuses(`${encode({ ...header, kid })}.${payload}.${signature}`, why);
      await forgeries.refuses(hs256({ ...HS_HEADER, kid }, claims, ''), `${why}, empty secret`);
    }
  });

  test('is refused with alg none, or none of a signature', async () => {
    const [head, payload, signature] = token.split('.');
    for (const alg of ['none', 'None', 'NONE', 'nOnE', '', null]) {
      const unsigned = encode({ ...header, alg });
      for (const end of ['', signature, 'AA'])
        await forgeries.refuses(`${unsigned}.${payload}.${end}`, `${alg}`);
    }
    for (const end of ['', 'AA', base64url(Buffer.alloc(64)), base64url(Buffer.alloc(64, 255))])
      await forgeries.refuses(`${head}.${payload}.${end}`, `signature ${end.slice(0, 5)}`);
  });

  test('is refused when any byte of it differs, or its signature is another one that decodes alike', async () => {
    const [head, payload, signature] = token.split('.') as [string, string, string];
    const bytes = Buffer.from(signature, 'base64url');
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1 << (at % 8);
      await forgeries.refuses(`${head}.${payload}.${base64url(changed)}`, `byte ${at}`);
    }
    for (const length of [32, 63])
      await forgeries.refuses(
        `${head}.${payload}.${base64url(bytes.subarray(0, length))}`,
        `${length} bytes`,
      );
    await forgeries.refuses(
      `${head}.${payload}.${base64url(Buffer.concat([bytes, Buffer.of(0)]))}`,
      '65 bytes',
    );
    // RFC 8032 §5.1.7: S + L satisfies the equation, and is no signature.
    const L = 2n ** 252n + 27742317777372353535851937790883648493n;
    const little = (from: Buffer) => BigInt(`0x${Buffer.from(from).reverse().toString('hex')}`);
    const sum = (little(bytes.subarray(32)) + L).toString(16).padStart(64, '0');
    const malleated = Buffer.concat([bytes.subarray(0, 32), Buffer.from(sum, 'hex').reverse()]);
    await forgeries.refuses(`${head}.${payload}.${base64url(malleated)}`, 'S + L');
    for (const change of [{ role: 'admin' }, { exp: claims.exp + 1 }, { sub: 'admin' }])
      await forgeries.refuses(
        `${head}.${encode({ ...claims, ...change })}.${signature}`,
        JSON.stringify(change),
      );
    for (const spelled of [
      `${head}.${payload}.    ${signature}`,
      `${head}    .${payload}.${signature}`,
      `${head}.    ${payload}.${signature}`,
      `${head}.${payload}.${signature}==`,
      `${head}.${payload}==.${signature}`,
    ])
      await forgeries.refuses(spelled, spelled.slice(-20));
  });
});

/** Starts it again on the same data. */
async function restarted(settings: Record<string, string>) {
  await server.stop();
  server = await server.restart(settings);
  forgeries.server = server;
}

test('a change of the algorithm voids every token of the other one, both ways, with the same secret', async () => {
  await restarted(HS);
  expect(await jwksOf(server)).toEqual([]);
  const other = await tokenOf(server, 'alice');
  expect(headerOf(other)).toEqual(HS_HEADER);
  await forgeries.accepts(other);
  await forgeries.refuses(token, 'EdDSA on an HS256 server');
  await forgeries.refuses(
    `${encode(HS_HEADER)}.${token.split('.').slice(1).join('.')}`,
    'relabelled as HS256',
  );
  await forgeries.refuses(hs256(header, claims, SECRET), 'EdDSA in name, signed with the secret');
  await forgeries.refuses(hs256({ ...HS_HEADER, kid: jwk.kid }, claims, SECRET), 'HS256 with a kid');
  await forgeries.refuses(hs256(HS_HEADER, claimsOf(other), jwk.x), 'HS256 with the former public key');

  await restarted(EDDSA);
  await forgeries.refuses(other, 'HS256 on an EdDSA server');
  await forgeries.refuses(hs256(HS_HEADER, claims, SECRET), 'HS256 by the configured secret');
  expect(await jwksOf(server)).toEqual([jwk]);
  await forgeries.accepts(token);
});

test('a rotated key verifies what it signed; the new one signs; nobody else rotates', async () => {
  const admin = apiOf(server.url, bearer(await tokenOf(server, 'admin')));
  for (const [who, headers] of [
    ['a user', bearer(token)],
    ['a key of an administrator', { 'x-api-key': server.apiKey }],
  ] as const) {
    const { status, body } = await apiOf(server.url, headers)('POST', '/auth/token-keys/rotate');
    expect([who, status, body.code]).toEqual([who, 403, 'permission_denied']);
  }
  expect(await jwksOf(server)).toEqual([jwk]);

  const { status, body } = await admin('POST', '/auth/token-keys/rotate');
  expect(status).toBe(200);
  const keys = await jwksOf(server);
  expect(keys.map(({ kid }) => kid).sort()).toEqual([body.kid, jwk.kid].sort());
  expect(keys.every((key) => !('d' in key))).toBe(true);
  await forgeries.accepts(token);
  const next = await tokenOf(server, 'alice');
  expect(headerOf(next).kid).toBe(body.kid);
  await forgeries.accepts(next);
  // A signature belongs to the key that its header names.
  const relabelled = (of: string, kid: string) =>
    `${encode({ ...header, kid })}.${of.split('.').slice(1).join('.')}`;
  await forgeries.refuses(relabelled(token, body.kid), 'old signature, new kid');
  await forgeries.refuses(relabelled(next, jwk.kid), 'new signature, old kid');

  await restarted(EDDSA);
  await forgeries.accepts(token);
  await forgeries.accepts(next);
});

test('a token of a session that was logged out is refused, also with a signature of ours', async () => {
  const { api, token: gone } = await registered(server.url, 'bob');
  await forgeries.accepts(gone);
  expect((await api('POST', '/auth/logout')).status).toBe(200);
  await forgeries.refuses(gone, 'after logout');
});

test('every refusal is on record, and nothing that was forged wrote anything', () =>
  forgeries.expectRecorded(500));

test('a rotated key is gone once its last token has ended, also for somebody who stole it (a turned clock)', async () => {
  const id = await identity({ config: { jwtAlgorithm: 'EdDSA' } });
  const me = async (text: string) => (await id.call('GET', '/auth/me', { token: text })).status;
  const kids = async () =>
    (await id.call('GET', '/.well-known/jwks.json')).body.keys.map(({ kid }: Jwk) => kid).sort();
  await newUser(id, 'alice');
  id.writer.db.prepare("update accounts set role = 'admin'").run();
  const first = await login(id, 'alice');
  const stolen = await id.tokenKeys!.signing();
  const [old] = await kids();
  const forged = () =>
    ed25519(
      headerOf(first),
      { ...claimsOf(first), iat: id.clock.at / 1000, exp: id.clock.at / 1000 + 9e4 },
      stolen.key,
    );
  expect([await me(first), await me(forged())]).toEqual([200, 200]);

  const { status, body } = await id.call('POST', '/auth/token-keys/rotate', { token: first });
  expect([status, await kids()]).toEqual([200, [body.kid, old].sort()]);
  id.clock.at += 15 * 60_000 - 1;
  expect([await me(first), await kids()]).toEqual([200, [body.kid, old].sort()]);
  id.clock.at += 1;
  expect([await me(first), id.events().at(-1)?.type]).toEqual([401, 'auth.token.expired']);
  // One minute more, for a replica that signed with it before it knew.
  id.clock.at += 60_000;
  expect(await kids()).toEqual([body.kid]);
  expect(await me(forged())).toBe(401);
  expect(id.events().at(-1)).toMatchObject({ type: 'auth.token.invalid', code: 'signature' });
  expect(await me(await login(id, 'alice'))).toBe(200);
  await id.close();
});

test.runIf(LONG)('the same on a real server, with tokens of one minute', { timeout: 240_000 }, async () => {
  const short = await startServer({ settings: { ...EDDSA, MEMHOLD_ACCESS_TOKEN_MINUTES: '1' } });
  const brief = await tokenOf(short, 'admin');
  const [old] = (await jwksOf(short)) as [Jwk];
  const api = apiOf(short.url, bearer(brief));
  const { body } = await api('POST', '/auth/token-keys/rotate');
  expect((await api('GET', '/auth/me')).status).toBe(200);
  const gone = { timeout: 200_000, interval: 1000 };
  await vi.waitFor(async () => expect((await jwksOf(short)).map(({ kid }) => kid)).toEqual([body.kid]), gone);
  expect(seconds()).toBeGreaterThanOrEqual(claimsOf(brief).exp);
  expect(headerOf(brief).kid).toBe(old.kid);
  expect((await api('GET', '/auth/me')).status).toBe(401);
  await short.stop();
});
