import { generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Api, apiOf, bearer, registered } from '../api.ts';
import { type Server, startServer } from '../server-process.ts';
import {
  base64url,
  type Claims,
  claimsOf,
  ed25519,
  encode,
  Forgeries,
  HS_HEADER as HEADER,
  headerOf,
  hs256,
  macOf,
  seconds,
} from './forgery.ts';

const SECRET = 'the-secret-of-this-test-has-more-than-32-bytes';
const PASSWORD = 'Correct-Horse-7';
let server: Server;
let forgeries: Forgeries;
let token: string;
let claims: Claims;
let admin: Api;

beforeAll(async () => {
  server = await startServer({
    settings: { MEMHOLD_JWT_SECRET: SECRET, MEMHOLD_ADMIN_PASSWORD: PASSWORD },
  });
  forgeries = new Forgeries(server);
  ({ token } = await registered(server.url, 'alice'));
  claims = claimsOf(token);
  const login = await apiOf(server.url)('POST', '/auth/login', { username: 'admin', password: PASSWORD });
  admin = apiOf(server.url, bearer(login.body.access_token));
});

const signed = (header: unknown, payload: unknown) => hs256(header, payload, SECRET);
const withHeader = (more: object) => signed({ ...HEADER, ...more }, claims);
const withClaims = (more: object) => signed(HEADER, { ...claims, ...more });
const without = (name: string) => {
  const { [name]: _, ...rest } = claims;
  return signed(HEADER, rest);
};

describe('a token signed with the right secret', () => {
  test('gets in when it is as ours are: the control of everything below', async () => {
    expect(headerOf(token)).toEqual(HEADER);
    expect(signed(HEADER, claims)).toBe(token);
    await forgeries.accepts(token);
    await forgeries.accepts(withClaims({ jti: 'another' }));
  });

  test.each(['iss', 'aud', 'exp', 'jti', 'sid', 'sub', 'iat', 'namespace', 'role', 'epoch', 'typ'])(
    'is refused without %s',
    async (name) => {
      expect(claims).toHaveProperty(name);
      await forgeries.refuses(without(name), `no ${name}`);
      await forgeries.refuses(withClaims({ [name]: null }), `${name} null`);
      await forgeries.refuses(withClaims({ [name]: '' }), `${name} empty`);
      await forgeries.refuses(withClaims({ [name]: { $ne: null } }), `${name} object`);
    },
  );

  test('is refused with a wrong issuer or audience, in a list too', async () => {
    for (const iss of ['other', 'Memhold', 'memhold/', ['memhold'], ['other']])
      await forgeries.refuses(withClaims({ iss }), `iss ${iss}`);
    for (const aud of ['other', 'Memhold', 'memhold ', ['other'], ['other', 'memhold'], [['memhold']], []])
      await forgeries.refuses(withClaims({ aud }), `aud ${JSON.stringify(aud)}`);
  });

  test('is refused with times that are wrong, or are none', async () => {
    const now = seconds();
    const times: Record<string, unknown>[] = [
      { exp: String(claims.exp) },
      { exp: new Date((now + 900) * 1000).toISOString() },
      { exp: now + 900.5 },
      { iat: String(claims.iat) },
      { iat: now + 3600 },
      { iat: now + 3600, exp: now + 7200 },
      { nbf: now + 600 },
      { nbf: String(now - 600) },
    ];
    for (const change of times) await forgeries.refuses(withClaims(change), JSON.stringify(change));
    // Infinity and NaN have no JSON: written by hand.
    for (const exp of ['1e400', '9'.repeat(400)]) {
      const input = `${encode(HEADER)}.${base64url(JSON.stringify(claims).replace(/"exp":\d+/, `"exp":${exp}`))}`;
      await forgeries.refuses(`${input}.${macOf(input, SECRET)}`, `exp ${exp.slice(0, 8)}`);
    }
  });

  test('is refused once it has expired, and says so in the log', async () => {
    for (const age of [1, 60, 86_400])
      await forgeries.refuses(
        withClaims({ iat: seconds() - age - 900, exp: seconds() - age }),
        `${age} s`,
        'expired',
      );
  });

  test('is refused when it claims another role, account, session, namespace or epoch than is stored', async () => {
    const other = await registered(server.url, 'bob');
    const { sub, sid, namespace } = claimsOf(other.token);
    const changes: Record<string, unknown>[] = [
      { role: 'admin' },
      { role: 'readonly' },
      { role: 'root' },
      { role: ['user', 'admin'] },
      { sub },
      { sid },
      { namespace },
      { sub, namespace },
      { sub: 'admin' },
      { sid: "' OR 1=1 --" },
      { sid: claims.sid.toUpperCase() },
      { sid: [claims.sid] },
      { epoch: 2 },
      { epoch: 0 },
      { epoch: 1.5 },
      { epoch: '1' },
      { typ: 'refresh' },
      { typ: 'mfa' },
      { typ: 'id' },
    ];
    for (const change of changes) await forgeries.refuses(withClaims(change), JSON.stringify(change));
    await forgeries.accepts(other.token);
  });

  test('is refused with a type that is not that of an access token', async () => {
    for (const typ of [
      'JWT',
      'jwt',
      'at+JWT',
      'AT+JWT',
      'application/at+jwt',
      'rt+jwt',
      'id+jwt',
      '',
      null,
      1,
    ])
      await forgeries.refuses(withHeader({ typ }), `typ ${typ}`);
    await forgeries.refuses(signed({ alg: 'HS256' }, claims), 'no typ');
  });

  test('is refused with a kid: path, SQL, URL, unknown, huge, a number, an object', async () => {
    const kids = [
      '../../../../../../dev/null',
      '/dev/null',
      'file:///etc/passwd',
      '..\\..\\windows\\win.ini',
      "x' UNION SELECT 'secret' --",
      "1; ATTACH DATABASE '/tmp/x' AS y",
      'http://169.254.169.254/latest/meta-data/',
      '| cat /etc/passwd',
      '__proto__',
      'unknown',
      '',
      '\0',
      'k'.repeat(2000),
      0,
      -1,
      7,
      ['a'],
      { kid: 'a' },
      null,
      true,
    ];
    for (const kid of kids)
      await forgeries.refuses(withHeader({ kid }), `kid ${JSON.stringify(kid)}`.slice(0, 60));
  });

  test('is refused with a key, an address of keys, or an extension in its header', async () => {
    const pair = generateKeyPairSync('ed25519');
    const jwk = pair.publicKey.export({ format: 'jwk' });
    const headers: object[] = [
      { jwk: { kty: 'oct', k: base64url('attacker') } },
      { jwk },
      { jku: 'https://attacker.example/jwks.json' },
      { jku: `${server.url}/.well-known/jwks.json` },
      { jku: 'file:///dev/null' },
      { x5u: 'https://attacker.example/chain.pem' },
      { x5c: ['MIIB'] },
      { x5t: 'AA' },
      { 'x5t#S256': 'AA' },
      { crit: ['exp'], exp: 1 },
      { crit: ['b64'], b64: false },
      { crit: [] },
      { crit: 'b64' },
      { b64: false },
      { b64: true },
      { cty: 'JWT' },
      { zip: 'DEF' },
      { enc: 'A256GCM' },
      { __proto__: null, constructor: {} },
      { anything: 1 },
    ];
    for (const header of headers) await forgeries.refuses(withHeader(header), JSON.stringify(header));
    const keyed = { alg: 'EdDSA', typ: 'at+jwt', jwk };
    await forgeries.refuses(ed25519(keyed, claims, pair.privateKey), 'embedded jwk, signed by it');
    const oct = { ...HEADER, jwk: { kty: 'oct', k: base64url('attacker') } };
    await forgeries.refuses(hs256(oct, claims, 'attacker'), 'embedded secret, signed with it');
    // RFC 7797: the payload unencoded.
    const input = `${encode({ ...HEADER, b64: false, crit: ['b64'] })}.${JSON.stringify(claims).replaceAll('.', '')}`;
    await forgeries.refuses(`${input}.${macOf(input, SECRET)}`, 'an unencoded payload');
  });

  test('is refused when its header or payload is JSON of another kind, or has a member twice', async () => {
    for (const header of [[], null, 'HS256', 1, [HEADER]])
      await forgeries.refuses(signed(header, claims), `header ${JSON.stringify(header)}`);
    for (const payload of [[], null, 'x', 1, true, [claims], {}])
      await forgeries.refuses(signed(HEADER, payload), `payload ${JSON.stringify(payload).slice(0, 20)}`);
    for (const text of ['', '{', '{"a":1', 'undefined', '\u0000', '<xml/>']) {
      const input = `${encode(HEADER)}.${base64url(text)}`;
      await forgeries.refuses(`${input}.${macOf(input, SECRET)}`, `payload text ${text}`);
      const headed = `${base64url(text)}.${encode(claims)}`;
      await forgeries.refuses(`${headed}.${macOf(headed, SECRET)}`, `header text ${text}`);
    }
    const twice = `${base64url('{"alg":"HS256","typ":"at+jwt","alg":"none"}')}.${encode(claims)}`;
    await forgeries.refuses(`${twice}.${macOf(twice, SECRET)}`, 'alg twice');
  });
});

describe('a token without the right signature', () => {
  test('is refused with alg none in every spelling, with and without a signature', async () => {
    const [, payload, signature] = token.split('.');
    const spelled = [
      'none',
      'None',
      'NONE',
      'nOnE',
      'NoNe',
      'none ',
      ' none',
      'none\0',
      'nоne',
      '',
      null,
      [],
      0,
    ];
    for (const alg of spelled) {
      const header = encode({ alg, typ: 'at+jwt' });
      for (const end of ['', signature, 'AA'])
        await forgeries.refuses(`${header}.${payload}.${end}`, `alg ${JSON.stringify(alg)} ${end}`);
      await forgeries.refuses(`${header}.${payload}`, `alg ${JSON.stringify(alg)}, two parts`);
      await forgeries.refuses(signed({ alg, typ: 'at+jwt' }, claims), `alg ${JSON.stringify(alg)}, signed`);
    }
    await forgeries.refuses(signed({ typ: 'at+jwt' }, claims), 'no alg');
  });

  test('is refused with any other algorithm, whatever it is signed with', async () => {
    const pair = generateKeyPairSync('ed25519');
    for (const alg of [
      'HS384',
      'HS512',
      'RS256',
      'PS256',
      'ES256',
      'ES256K',
      'EdDSA',
      'Ed25519',
      'dir',
      'hs256',
    ]) {
      await forgeries.refuses(signed({ alg, typ: 'at+jwt' }, claims), alg);
      await forgeries.refuses(ed25519({ alg, typ: 'at+jwt' }, claims, pair.privateKey), `${alg} by Ed25519`);
    }
    await forgeries.refuses(ed25519(HEADER, claims, pair.privateKey), 'HS256, signed by Ed25519');
    const withKid = { alg: 'EdDSA', typ: 'at+jwt', kid: 'mine' };
    await forgeries.refuses(ed25519(withKid, claims, pair.privateKey), 'EdDSA with a kid');
  });

  test('is refused when its secret is empty, a word, or one that was published', async () => {
    const words = [
      '',
      '\0',
      '\0'.repeat(32),
      'secret',
      'Secret',
      'password',
      'changeme',
      'memhold',
      'memoric',
      'admin',
      'test',
      'key',
      'jwt',
      'your-256-bit-secret',
      'your-secret-key',
      'your-secret-key-here',
      'your-secret-key-change-in-production',
      'memoric-secret-key-change-in-production',
      'supersecret',
      'null',
      'undefined',
      '[object Object]',
      SECRET.slice(0, -1),
      `${SECRET} `,
      `${SECRET}\n`,
      SECRET.toUpperCase(),
      base64url(SECRET),
      Buffer.from(SECRET).toString('hex'),
    ];
    for (const word of words) {
      await forgeries.refuses(hs256(HEADER, claims, word), `secret ${word}`);
      await forgeries.refuses(hs256(HEADER, { ...claims, role: 'admin' }, word), `admin by ${word}`);
    }
  });

  test('is refused when any bit of the signature differs, or any part is from another token', async () => {
    const [header, payload, signature] = token.split('.') as [string, string, string];
    const bytes = Buffer.from(signature, 'base64url');
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1 << (at % 8);
      await forgeries.refuses(`${header}.${payload}.${base64url(changed)}`, `bit of byte ${at}`);
    }
    for (const length of [0, 1, 8, 16, 31])
      await forgeries.refuses(
        `${header}.${payload}.${base64url(bytes.subarray(0, length))}`,
        `${length} bytes`,
      );
    await forgeries.refuses(`${header}.${payload}.${base64url(Buffer.concat([bytes, bytes]))}`, 'twice');
    const promoted = encode({ ...claims, role: 'admin' });
    await forgeries.refuses(`${header}.${promoted}.${signature}`, 'a payload of its own');
  });
});

describe('a good token', () => {
  const fresh = async (name: string) => {
    const { token, api, user, password } = await registered(server.url, name);
    await forgeries.accepts(token);
    return { token, api, user, password };
  };

  test('is refused after its logout, and so is every other token of that session', async () => {
    const { token, api } = await fresh('carol');
    const sibling = signed(HEADER, { ...claimsOf(token), jti: 'another', exp: seconds() + 80_000 });
    await forgeries.accepts(sibling);
    expect((await api('POST', '/auth/logout')).status).toBe(200);
    await forgeries.refuses(token, 'after logout');
    await forgeries.refuses(sibling, 'of a session that ended');
  });

  test('is refused after a new password, a change of role, a deactivation and a deletion: at once', async () => {
    const ends: Record<string, (who: Awaited<ReturnType<typeof fresh>>) => ReturnType<Api>> = {
      dave: ({ api, password }) =>
        api('POST', '/auth/change-password', {
          current_password: password,
          new_password: 'Another-Horse-8',
        }),
      erin: ({ user }) => admin('PATCH', `/users/${user.id}`, { role: 'readonly' }),
      frank: ({ user }) => admin('PATCH', `/users/${user.id}`, { is_active: false }),
      grace: ({ user }) => admin('DELETE', `/users/${user.id}`),
      heidi: ({ user }) => admin('POST', `/users/${user.id}/reset-password`),
      ivan: ({ api }) => api('POST', '/auth/logout-all'),
    };
    for (const [name, end] of Object.entries(ends)) {
      const who = await fresh(name);
      const { status, text } = await end(who);
      expect(status, text).toBe(200);
      await forgeries.refuses(who.token, `${name} after`);
      // Nor does it help to know what the server will compare with.
      const now = claimsOf(who.token);
      await forgeries.refuses(signed(HEADER, { ...now, epoch: now.epoch + 1 }), `${name}, next epoch`);
    }
  });
});

test('every refusal is on record, and nothing that was forged wrote anything', () =>
  forgeries.expectRecorded(600));
