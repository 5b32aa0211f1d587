import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compactVerify, type JWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { isCanonicalCompact } from '../compact-jws.ts';
import { AccessTokens } from '../tokens.ts';

interface Vector {
  tcId: number;
  comment: string;
  jws: string;
  result: 'valid' | 'invalid';
}
interface Group<Key> {
  /** Absent for keys that have no public half. */
  public?: Key;
  private: Key;
  tests: Vector[];
}
type Case<Key> = Vector & { key: Key };
type Judged<Key> = Case<Key> & { byJose: boolean };

const folder = fileURLToPath(new URL('../../../../../../shared/data/vectors/', import.meta.url));
const present = existsSync(folder);
if (!present) console.warn(`SKIPPED: the Wycheproof and JOSE cookbook vectors are not at ${folder}`);

const read = (path: string) => JSON.parse(readFileSync(join(folder, path), 'utf8'));
function vectors<Key>(file: string): Case<Key>[] {
  const { testGroups } = read(`wycheproof/${file}`) as { testGroups: Group<Key>[] };
  return testGroups.flatMap((group) =>
    group.tests.map((vector) => ({ ...vector, key: group.public ?? group.private })),
  );
}

/** What the library says alone, with the key's own algorithm and no other. */
async function joseAccepts(jws: string, key: JWK): Promise<boolean> {
  const options = key.alg === undefined ? {} : { algorithms: [key.alg] };
  return compactVerify(jws, key, options).then(
    () => true,
    () => false,
  );
}
/** What an access token goes through. */
const accepts = async (jws: string, key: JWK) => isCanonicalCompact(jws) && joseAccepts(jws, key);

const ids = (of: Vector[]) => of.map(({ tcId }) => tcId);
const headerOf = (jws: string) =>
  JSON.parse(Buffer.from(jws.split('.')[0]!, 'base64url').toString()) as { alg: string; kid?: string };

describe.skipIf(!present)('the Wycheproof vectors of JWS', async () => {
  const all: Judged<JWK>[] = [];
  if (present)
    for (const one of vectors<JWK>('json_web_signature_test.json'))
      all.push({ ...one, byJose: await joseAccepts(one.jws, one.key) });
  const valid = all.filter(({ result }) => result === 'valid');
  const invalid = all.filter(({ result }) => result === 'invalid');

  // Where the set contradicts itself or the RFC, by rule and not by number.
  /** Called invalid, though letter for letter a token that is called valid under the same key. */
  const sameAsValid = invalid.filter(({ jws, key }) =>
    valid.some((other) => other.jws === jws && JSON.stringify(other.key) === JSON.stringify(key)),
  );
  /** Called valid, though not base64url: RFC 7515 §2 allows no other characters. */
  const notBase64url = valid.filter(({ jws }) => /[^A-Za-z0-9_.-]/.test(jws));
  /** Called valid, though signed with another algorithm than the key says it is for (or one that is none: ES521). */
  const otherAlgorithm = valid.filter(
    ({ jws, key }) => !notBase64url.some((one) => one.jws === jws) && headerOf(jws).alg !== key.alg,
  );

  it('are these, and their contradictions are these', () => {
    const algorithms = [...new Set(all.map(({ key }) => key.alg ?? key.kty))].join(' ');
    console.info(`Wycheproof JWS: ${valid.length} valid, ${invalid.length} invalid; ${algorithms}`);
    expect([valid.length, invalid.length]).toEqual([46, 355]);
    expect(ids(sameAsValid)).toEqual([367, 370]);
    expect(ids(notBase64url)).toEqual([372, 373]);
    expect(ids(otherAlgorithm)).toEqual([346, 347, 350, 351]);
  });

  it('are accepted when they are valid', async () => {
    const refused = [];
    for (const one of valid) if (!(await accepts(one.jws, one.key))) refused.push(one);
    expect(ids(refused).sort()).toEqual(ids([...otherAlgorithm, ...notBase64url]).sort());
    // Nothing but the key's own word is against these.
    for (const { jws, key } of otherAlgorithm) {
      const { alg: _, ...free } = key;
      expect(await accepts(jws, free)).toBe(true);
    }
  });

  it('are refused when they are invalid, also those that the library takes', async () => {
    const taken = invalid.filter(({ byJose }) => byJose);
    const accepted = [];
    for (const one of invalid) if (await accepts(one.jws, one.key)) accepted.push(one);
    const malformed = taken.filter((one) => !sameAsValid.includes(one));
    console.info(
      `jose alone takes ${taken.length} invalid ones (${ids(taken)}); ` +
        `${malformed.length} are malformed (${malformed.map(({ tcId, comment }) => `${tcId} ${comment}`).join(', ')}), ` +
        `the others are equal to a valid one`,
    );
    expect(taken).toHaveLength(6);
    expect(malformed).toHaveLength(4);
    for (const { jws } of malformed) expect(isCanonicalCompact(jws)).toBe(false);
    expect(ids(accepted)).toEqual(ids(sameAsValid));
  });
});

describe.skipIf(!present)('the Wycheproof vectors of JWK', async () => {
  type KeySet = { keys: JWK[] };
  const all: Judged<KeySet>[] = [];
  if (present)
    for (const one of vectors<KeySet>('json_web_key_test.json')) {
      const named = one.key.keys.filter(({ kid }) => kid === headerOf(one.jws).kid);
      const byJose = named.length === 1 && (await accepts(one.jws, named[0]!));
      all.push({ ...one, byJose });
    }

  it('are accepted when they are valid, with the one key of that id', () => {
    const valid = all.filter(({ result }) => result === 'valid');
    console.info(`Wycheproof JWK: ${valid.length} valid, ${all.length - valid.length} invalid`);
    expect(all).toHaveLength(26);
    expect(ids(valid.filter(({ byJose }) => !byJose))).toEqual([]);
  });

  it('are refused when they are invalid, but for keys that cannot be of this server', () => {
    const taken = all.filter(({ result, byJose }) => result === 'invalid' && byJose);
    const rsa = taken.filter(({ key }) => key.keys.every(({ kty }) => kty === 'RSA'));
    const mixed = taken.filter(({ key }) => new Set(key.keys.map(({ kty }) => kty)).size > 1);
    const secrets = taken.filter((one) => !rsa.includes(one) && !mixed.includes(one));
    console.info(
      `of them jose takes RSA ${ids(rsa)}, mixed sets ${ids(mixed)}, short secrets ${ids(secrets)}`,
    );
    expect([ids(rsa), ids(mixed), ids(secrets)]).toEqual([[7, 9], [1], [10, 11, 12]]);
    for (const { key } of secrets) {
      const { alg, k } = key.keys[0]!;
      const secret = Buffer.from(k!, 'base64url');
      expect(secret.length * 8).toBeLessThan(Number(alg!.slice(2)));
      const asOurs = () =>
        new AccessTokens({ signing: { algorithm: 'HS256', secret }, minutes: 15, now: Date.now });
      if (alg === 'HS256') expect(asOurs).toThrow(RangeError);
    }
  });
});

it.skipIf(!present)(
  'the worked examples of the JOSE cookbook verify, in the form that tokens have',
  async () => {
    const accepted: string[] = [];
    for (const file of readdirSync(join(folder, 'jose/jws'))) {
      const { title, input, output } = read(`jose/jws/${file}`);
      // Detached content and JSON serialisations are no tokens.
      if (output.compact === undefined || output.compact.includes('..')) continue;
      const { d: _d, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, alg: _alg, ...key } = input.key as JWK;
      expect(await accepts(output.compact, key), title).toBe(true);
      const [header, payload, signature] = output.compact.split('.');
      const changed = Buffer.from(signature, 'base64url');
      changed[0]! ^= 1;
      expect(await accepts(`${header}.${payload}.${changed.toString('base64url')}`, key), title).toBe(false);
      accepted.push(input.alg);
    }
    console.info(`JOSE cookbook: ${accepted.length} compact examples (${accepted.join(' ')})`);
    expect(accepted.sort()).toEqual(['ES512', 'HS256', 'PS384', 'RS256']);
  },
);
