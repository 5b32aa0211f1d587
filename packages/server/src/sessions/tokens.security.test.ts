import { hash } from 'node:crypto';
import { SignJWT, UnsecuredJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Identity, identity, newUser } from './testing/identity.ts';

let id: Identity;
let token: string;
let claims: Record<string, unknown>;
beforeEach(async () => {
  id = await identity();
  token = await newUser(id, 'alice');
  claims = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString());
});
afterEach(() => id.close());

const HEADER = { alg: 'HS256', typ: 'at+jwt' };
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** HS256 by hand (RFC 2104), so that any header and payload can be signed. */
function sign(header: object, payload: unknown, secret: Uint8Array): string {
  const input = `${encode(header)}.${encode(payload)}`;
  const pad = (byte: number) => Buffer.alloc(64, byte).map((value, i) => value ^ (secret[i] ?? 0));
  const inner = hash('sha256', Buffer.concat([pad(0x36), Buffer.from(input)]), 'buffer');
  return `${input}.${hash('sha256', Buffer.concat([pad(0x5c), inner]), 'buffer').toString('base64url')}`;
}

async function expectRefused(forged: string, code?: string) {
  const { status, body, headers } = await id.call('GET', '/auth/me', { token: forged });
  expect([status, body.code]).toEqual([401, 'unauthenticated']);
  expect(headers['www-authenticate']).toBe('Bearer');
  expect(body.detail).toMatch(/^Send a valid credential/);
  const event = id.events().at(-1)!;
  expect(event.type).toBe(code === 'expired' ? 'auth.token.expired' : 'auth.token.invalid');
  expect(event).toMatchObject({ success: false, actor: { kind: 'anonymous' }, private: { ip: '127.0.0.1' } });
  if (code) expect(event.code).toBe(code);
  expect(JSON.stringify(id.events())).not.toContain(forged);
}

describe('an access token', () => {
  it('is what its session says, with all claims, and signs as the RFC says', async () => {
    expect(claims).toEqual({
      iss: 'memhold',
      aud: 'memhold',
      sub: expect.any(String),
      sid: expect.any(String),
      jti: expect.any(String),
      role: 'user',
      namespace: expect.any(String),
      epoch: 1,
      typ: 'access',
      iat: id.clock.at / 1000,
      exp: id.clock.at / 1000 + 900,
    });
    expect(sign(HEADER, claims, id.keys.tokenSecret)).toBe(token);
    expect((await id.call('GET', '/auth/me', { token })).status).toBe(200);
  });

  it('is refused without a signature, or with one of a secret that is public', async () => {
    const unsecured = new UnsecuredJWT(claims).encode();
    await expectRefused(unsecured, 'malformed');
    await expectRefused(
      `${encode({ alg: 'none', typ: 'at+jwt' })}.${encode(claims)}.${token.split('.')[2]}`,
      'malformed',
    );
    for (const secret of ['secret', '', 'your-256-bit-secret', 'memoric-secret-key-change-in-production'])
      await expectRefused(sign(HEADER, claims, Buffer.from(secret)), 'signature');
    await expectRefused(sign(HEADER, { ...claims, role: 'admin' }, Buffer.alloc(32)), 'signature');
    const [header, , signature] = token.split('.');
    await expectRefused(`${header}.${encode({ ...claims, role: 'admin' })}.${signature}`, 'signature');
  });

  it('is refused with any other header, even when it is signed with our secret', async () => {
    const headers = [
      { ...HEADER, kid: '../../../dev/null' },
      { ...HEADER, kid: "' UNION SELECT 'x" },
      { ...HEADER, jwk: { kty: 'oct', k: 'AA' } },
      { ...HEADER, jku: 'https://evil.example/jwks' },
      { ...HEADER, x5u: 'https://evil.example/cert' },
      { ...HEADER, crit: ['b64'], b64: false },
      { alg: 'HS256' },
      { alg: 'HS256', typ: 'refresh' },
      { alg: 'HS512', typ: 'at+jwt' },
      { alg: 'EdDSA', typ: 'at+jwt' },
      { alg: ['HS256'], typ: 'at+jwt' },
      ['HS256'],
    ];
    for (const header of headers) await expectRefused(sign(header, claims, id.keys.tokenSecret), 'malformed');
    await expectRefused(
      await new SignJWT(claims).setProtectedHeader({ alg: 'HS512', typ: 'at+jwt' }).sign(Buffer.alloc(64, 1)),
    );
  });

  it('is refused with wrong, missing or malformed claims', async () => {
    const wrong: Record<string, unknown>[] = [
      { iss: 'other' },
      { aud: 'other' },
      { typ: 'refresh' },
      { typ: 'mfa' },
      { exp: 'tomorrow' },
      { epoch: '1' },
      { role: 'root' },
      { nbf: id.clock.at / 1000 + 60 },
    ];
    for (const change of wrong)
      await expectRefused(sign(HEADER, { ...claims, ...change }, id.keys.tokenSecret), 'claims');
    for (const name of Object.keys(claims)) {
      const { [name]: _, ...rest } = claims;
      await expectRefused(sign(HEADER, rest, id.keys.tokenSecret), 'claims');
    }
    for (const payload of [[], null, 'x'])
      await expectRefused(sign(HEADER, payload, id.keys.tokenSecret), 'claims');
  });

  it('is refused when what it claims is not what is stored', async () => {
    const changes = [
      [{ sid: 'another' }, 'unknown'],
      [{ sub: 'somebody-else' }, 'unknown'],
      [{ epoch: 2 }, 'stale'],
      [{ role: 'admin' }, 'stale'],
      [{ namespace: 'another' }, 'stale'],
    ] as const;
    for (const [change, code] of changes)
      await expectRefused(sign(HEADER, { ...claims, ...change }, id.keys.tokenSecret), code);
  });

  it('is refused in any other spelling of its bytes', async () => {
    const [header, payload, signature] = token.split('.') as [string, string, string];
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    // The last character of 43 carries two bits that mean nothing.
    const last = alphabet.indexOf(signature.at(-1)!);
    const respelled = `${header}.${payload}.${signature.slice(0, -1)}${alphabet[last ^ 1]}`;
    for (const other of [
      respelled,
      `${token}=`,
      `${header}=.${payload}.${signature}`,
      `${token}.`,
      `.${token}`,
      `${header}..${signature}`,
      `${header}.${payload}`,
      `${header}.${payload.slice(0, 10)}+/${payload.slice(12)}.${signature}`,
      `${header}.${payload}.${signature}.${signature}.${signature}`,
      token.toUpperCase(),
      'x',
      '...',
      `${'A'.repeat(5000)}.${payload}.${signature}`,
    ])
      await expectRefused(other, 'malformed');
  });

  it('expires, also while it is remembered', async () => {
    expect((await id.call('GET', '/auth/me', { token })).status).toBe(200);
    id.clock.at += 899_999;
    expect((await id.call('GET', '/auth/me', { token })).status).toBe(200);
    id.clock.at += 1;
    await expectRefused(token, 'expired');
  });
});
