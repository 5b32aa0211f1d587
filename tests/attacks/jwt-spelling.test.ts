import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { apiOf, bearer, registered } from '../api.ts';
import { ROOT, type Server, startServer } from '../server-process.ts';
import {
  type Claims,
  claimsOf,
  encode,
  Forgeries,
  HS_HEADER as HEADER,
  hs256,
  macOf,
  rawGet,
  respelled,
} from './forgery.ts';

const SECRET = 'the-secret-of-this-test-has-more-than-32-bytes';
let server: Server;
let forgeries: Forgeries;
let token: string;
let claims: Claims;

beforeAll(async () => {
  server = await startServer({ settings: { MEMHOLD_JWT_SECRET: SECRET } });
  forgeries = new Forgeries(server);
  ({ token } = await registered(server.url, 'alice'));
  claims = claimsOf(token);
  await forgeries.accepts(token);
});

const signed = (header: unknown, payload: unknown) => hs256(header, payload, SECRET);
const withClaims = (more: object) => signed(HEADER, { ...claims, ...more });

const vectors = join(ROOT, '../shared/data/vectors/wycheproof/json_web_signature_test.json');
if (!existsSync(vectors)) console.warn(`SKIPPED: the Wycheproof vectors are not at ${vectors}`);

describe('a token in another spelling', () => {
  // What the library takes although the set calls it invalid, put onto a token of our own and signed as it stands.
  test.skipIf(!existsSync(vectors))(
    'is refused in the six forms of Wycheproof that the library takes',
    async () => {
      const set = JSON.parse(readFileSync(vectors, 'utf8')) as {
        testGroups: { tests: { tcId: number; comment: string; result: string }[] }[];
      };
      const named = set.testGroups.flatMap(({ tests }) => tests).filter(({ result }) => result === 'invalid');
      const [header, payload, signature] = token.split('.') as [string, string, string];
      const resigned = (input: string) => `${input}.${macOf(input, SECRET)}`;
      // The payload's last character needs bits that mean nothing.
      const jti = ['a', 'aa', 'aaa'].find((id) => encode({ ...claims, jti: id }).length % 4 !== 0)!;
      const loose = respelled(encode({ ...claims, jti }))!;
      const padded = (part: string) => part.padEnd(part.length + (4 - (part.length % 4 || 4)), '=');
      const forms: [number, string, string[]][] = [
        [360, 'rejectsSpacesInMac', [`${header}.${payload}.    ${signature}`]],
        [365, 'spacesInHeader', [resigned(`${header}    .${payload}`)]],
        [367, 'invalidBase64Padding', [`${header}.${payload}.${padded(signature)}`, `${token}==`]],
        [368, 'spacesInPayload', [resigned(`${header}.    ${payload}`)]],
        [
          370,
          'invalidBase64PaddingInPayload',
          [resigned(`${header}.${padded(encode({ ...claims, jti }))}`), resigned(`${header}.${payload}==`)],
        ],
        [375, 'MacOfIncorrectlyEncodedMessage', [resigned(`${header}.${loose}`)]],
      ];
      for (const [tcId, comment, spelled] of forms) {
        expect(named.find((one) => one.tcId === tcId)).toMatchObject({ comment });
        for (const one of spelled) await forgeries.refuses(one, `${tcId} ${comment}`);
      }
      // The same bytes in their one spelling are a good token: only the spelling was refused.
      await forgeries.accepts(signed(HEADER, { ...claims, jti }));
    },
  );

  test('is refused with other characters, parts or case', async () => {
    const [header, payload, signature] = token.split('.') as [string, string, string];
    const spelled = [
      `${header}.${payload}.${respelled(signature)}`,
      `${header}=.${payload}.${signature}`,
      `${token}.`,
      `.${token}`,
      `${header}..${signature}`,
      `..`,
      `${header}.${payload}`,
      `${header}.${payload}.${signature}.${signature}`,
      `${header}.${payload}.${signature}.${signature}.${signature}`,
      `${header}.${payload}.${signature}?`,
      `${header}.${payload}.${signature}#`,
      `${header}%2E${payload}%2E${signature}`,
      token.replaceAll('-', '+').replaceAll('_', '/').concat('+/'),
      token.toUpperCase(),
      token.toLowerCase(),
      `"${token}"`,
      `${token},${token}`,
      JSON.stringify({ protected: header, payload, signature }),
    ];
    for (const one of spelled) await forgeries.refuses(one, one.slice(-40));
  });

  test('is refused when it is large: 401 while the headers are read at all, else 431', async () => {
    const api = apiOf(server.url);
    for (const size of [4096, 8192, 15_000])
      await forgeries.refuses(withClaims({ padding: 'x'.repeat(size) }).slice(0, 15_000), `${size} bytes`);
    await forgeries.refuses('x'.repeat(15_000), '15,000 letters');
    await forgeries.refuses('.'.repeat(15_000), '15,000 dots');
    for (const size of [16_384, 40_000]) {
      const answer = await api('GET', '/auth/me', undefined, bearer('x'.repeat(size)));
      expect([answer.status, answer.body.code]).toEqual([431, 'headers_too_large']);
    }
  });
});

describe('the Authorization header', () => {
  test('may name its scheme in any case (RFC 9110, 11.1), and no other scheme', async () => {
    for (const scheme of ['bearer', 'BEARER', 'bEaReR']) {
      const { status } = await apiOf(server.url)('GET', '/auth/me', undefined, {
        authorization: `${scheme} ${token}`,
      });
      expect(status, scheme).toBe(200);
    }
    for (const authorization of [
      token,
      `JWT ${token}`,
      `Token ${token}`,
      `Basic ${btoa(`alice:${token}`)}`,
      `DPoP ${token}`,
      `Bearer`,
      `Bearer:${token}`,
      `Bearer ${token} extra`,
      `Bearer token=${token}`,
      `Bearer Bearer ${token}`,
    ])
      await forgeries.refusesHeaders({ authorization }, authorization.slice(0, 20));
  });

  test('is refused when it comes twice: a proxy may have looked at the other one', async () => {
    const bad = hs256(HEADER, claims, 'secret');
    const [one, other] = [`Bearer ${token}`, `Bearer ${bad}`];
    for (const [first, second] of [
      [one, other],
      [other, one],
      [one, one],
    ] as const) {
      const headers = ['authorization', first, 'Authorization', second];
      forgeries.refusal(await rawGet(`${server.url}/auth/me`, headers), headers.join().slice(0, 30));
    }
    const key = ['x-api-key', server.apiKey];
    for (const headers of [
      ['authorization', one, ...key],
      [...key, 'x-api-key', 'mh_other'],
    ]) {
      forgeries.refusal(await rawGet(`${server.url}/auth/me`, headers), headers.join().slice(0, 30));
    }
  });

  test('is the only place for a token: not in the query, a cookie, or a body', async () => {
    const open = apiOf(server.url);
    for (const answer of [
      await open('GET', `/auth/me?access_token=${token}`),
      await open('GET', '/auth/me', undefined, { cookie: `access_token=${token}; token=${token}` }),
      await open('GET', '/auth/me', undefined, { 'x-access-token': token, 'x-forwarded-user': 'admin' }),
      await open('POST', '/memories', { content: 'x', access_token: token }),
    ])
      expect([answer.status, answer.body.code]).toEqual([401, 'unauthenticated']);
  });
});

test('every refusal is on record, and nothing that was forged wrote anything', () =>
  forgeries.expectRecorded(existsSync(vectors) ? 80 : 70));
