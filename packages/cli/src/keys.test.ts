import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { days, duration, endTime } from './duration.ts';
import { type Answers, operatorOf, run } from './testing/run.ts';

const folder = mkdtempSync(join(tmpdir(), 'memhold-keys-'));
afterAll(() => rmSync(folder, { recursive: true }));

const ID = 'bv4db54kygg8';
const SECRET = 'Abc0123'.repeat(6).padEnd(43, '9');
const KEY = `mh_${ID}_${SECRET}`;
const key = {
  id: ID,
  name: 'ci',
  permissions: ['memories:read'],
  entities: { user_id: 'ada' },
  expires_at: '2027-02-19T12:42:00.000Z',
  last_used_at: null,
  previous_until: null,
  rotate_after_days: null,
  signing: null,
};
const made = { 'POST /api-keys': { ...key, key: KEY } };
const signed = {
  'POST /api-keys': { ...key, key: KEY, signing: { algorithm: 'hmac-sha256' }, signing_secret: 'U0VD' },
};

async function on(answers: Answers, argv: string[]) {
  const operator = operatorOf(answers);
  const { openOperatorAccess } = operator;
  const result = await run(argv, { server: { openOperatorAccess } });
  expect(operator.left()).toBe(0);
  return { ...result, asked: operator.asked };
}

describe('keys create', () => {
  it('prints the key once, alone on standard output', async () => {
    const { code, out, err } = await on(made, ['keys', 'create', '--name', 'ci']);
    expect([code, out]).toEqual([0, KEY]);
    expect(err).toBe(
      `Key "ci" with the id ${ID} made: may memories:read, only for user_id=ada, until 2027-02-19 12:42 UTC. It is shown only this once:`,
    );
    const quiet = await on(made, ['keys', 'create', '--name', 'ci', '-q']);
    expect([quiet.out, quiet.err]).toEqual([KEY, '']);
    const json = await on(made, ['keys', 'create', '--name', 'ci', '--json']);
    expect([JSON.parse(json.out).key, json.err]).toEqual([KEY, '']);
  });

  it('prints a signing secret on a line of its own', async () => {
    const { out, err, asked } = await on(signed, ['keys', 'create', '--name', 'ci', '--sign', 'hmac-sha256']);
    expect(out).toBe(`${KEY}\nU0VD`);
    expect(err).toMatch(/The key, and then the secret that signs/);
    expect(asked[0]?.[2]).toEqual({ name: 'ci', signing: { algorithm: 'hmac-sha256' } });
  });

  it('asks for exactly what the options say', async () => {
    const options = [
      ['--permission', 'memories:read', '--permission', 'scans:write,clusters:read'],
      ['--user-id', 'ada', '--agent-id', 'a', '--app-id', 'b', '--run-id', 'c'],
      ['--expires', '2099-01-31', '--rotate-after', '12w'],
    ].flat();
    const { asked } = await on(made, ['keys', 'create', '--name', 'ci', ...options]);
    expect(asked).toEqual([
      [
        'POST',
        '/api-keys',
        {
          name: 'ci',
          permissions: ['memories:read', 'scans:write', 'clusters:read'],
          entities: { user_id: 'ada', agent_id: 'a', app_id: 'b', run_id: 'c' },
          expires_at: '2099-01-31T00:00:00.000Z',
          rotate_after_days: 84,
        },
      ],
    ]);
    expect((await on(made, ['keys', 'create', '--name', 'ci'])).asked[0]?.[2]).toEqual({ name: 'ci' });
  });

  it('sends a public key, and never a private one', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const files = {
      pub: pem,
      key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      jwk: JSON.stringify(privateKey.export({ format: 'jwk' })),
      large: 'x'.repeat(4000),
    };
    const sign = async (name: string) => {
      return on(made, ['keys', 'create', '--name', 'a', '--sign', `ed25519:${join(folder, name)}`]);
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    expect((await sign('pub')).asked[0]?.[2]).toEqual({
      name: 'a',
      signing: { algorithm: 'ed25519', public_key: pem.trim() },
    });
    for (const name of ['key', 'jwk']) {
      const { code, err, asked } = await sign(name);
      expect([code, asked]).toEqual([1, []]);
      expect(err).toMatch(/holds a private key, which stays with you/);
    }
    expect((await sign('large')).err).toMatch(/too large for a public key/);
    expect((await sign('none')).err).toMatch(/none: no such file or folder/);
  });

  it.each([
    [[], /required option '--name <name>' not specified/],
    [['--name', 'x', '--expires', 'soon'], /Write a time such as 90d/],
    [['--name', 'x', '--expires', '2020-01-01'], /It is in the past/],
    [['--name', 'x', '--rotate-after', '36h'], /Write days or weeks/],
    [['--name', 'x', '--permission', ''], /It is empty/],
    [['--name', 'x', '--sign', 'rsa'], /--sign must be hmac-sha256, or ed25519:FILE/],
    [['--name', 'x', '--sign', 'ed25519:'], /--sign must be/],
  ])('%j is a usage error', async (argv, words) => {
    const { code, err, asked } = await on(made, ['keys', 'create', ...argv]);
    expect([code, asked]).toEqual([2, []]);
    expect(err).toMatch(words);
  });
});

describe('keys list', () => {
  it('shows names that are safe to print, and no secret', async () => {
    const hostile = { ...key, id: 'x', name: 'a\u001b[2Jb\nc', entities: null, expires_at: null };
    const { out } = await on({ 'GET /api-keys': { api_keys: [key, hostile] } }, ['keys', 'list']);
    expect(out.split('\n')).toHaveLength(3);
    expect(out).toMatch(/^ID +NAME +PERMISSIONS +ONLY FOR +EXPIRES +LAST USED\n/);
    expect(out).toMatch(/\nx +a \[2Jb c +memories:read +- +never +never$/);
  });

  it('says how to make the first one', async () => {
    const { out } = await on({ 'GET /api-keys': { api_keys: [] } }, ['keys', 'list']);
    expect(out).toMatch(/memhold keys create --name NAME$/);
  });
});

describe('the key that a command names', () => {
  it.each([ID, `mh_${ID}`, KEY])('%j is sent as its id alone', async (named) => {
    const answers = { [`DELETE /api-keys/${ID}`]: {} };
    const { code, out, err, asked } = await on(answers, ['keys', 'revoke', named]);
    expect([code, asked]).toEqual([0, [['DELETE', `/api-keys/${ID}`]]]);
    expect(JSON.stringify([out, err, asked])).not.toContain(SECRET);
  });

  it.each([['revoke'], ['rotate']])(
    'for %s is never another path, and not repeated in the error',
    async (command) => {
      for (const named of [`${KEY}!`, '../users', '..', `x${KEY}`, '']) {
        const { code, err, asked } = await on({}, ['keys', command, named]);
        expect([code, asked]).toEqual([2, []]);
        expect(err).not.toContain(SECRET);
      }
    },
  );
});

describe('keys rotate', () => {
  const until = '2026-11-22T12:00:00.000Z';
  const answers = { [`POST /api-keys/${ID}/rotate`]: { ...key, key: KEY, previous_until: until } };

  it('prints the new key alone, and says how long the old one holds', async () => {
    const { out, err, asked } = await on(answers, ['keys', 'rotate', ID]);
    expect([out, asked]).toEqual([KEY, [['POST', `/api-keys/${ID}/rotate`, {}]]]);
    expect(err).toContain('the old secret holds until 2026-11-22 12:00 UTC');
  });

  it.each([
    ['0', 0],
    ['12h', 43_200],
    ['30d', 2_592_000],
  ])('asks for an overlap of %s', async (text, seconds) => {
    const { asked } = await on(answers, ['keys', 'rotate', ID, '--overlap', text]);
    expect(asked[0]?.[2]).toEqual({ overlap_seconds: seconds });
  });
});

describe('security rotate-token-key', () => {
  it('names the new key', async () => {
    const { out } = await on({ 'POST /auth/token-keys/rotate': { kid: 'k1' } }, [
      'security',
      'rotate-token-key',
    ]);
    expect(out).toBe('Access tokens are signed with the new key k1 from now on.');
  });
});

describe('times', () => {
  const units = { m: 60, h: 3600, d: 86_400, w: 604_800 };

  it('are whole numbers of minutes, hours, days and weeks', () => {
    const unit = fc.constantFrom(...(Object.keys(units) as (keyof typeof units)[]));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99_999 }), unit, (count, name) => {
        const seconds = count * units[name];
        expect(duration(`${count}${name}`)).toBe(seconds);
        expect(endTime(`${count}${name}`, 0)).toBe(new Date(seconds * 1000).toISOString());
        if (seconds % 86_400 === 0) expect(days(`${count}${name}`)).toBe(seconds / 86_400);
        else expect(() => days(`${count}${name}`)).toThrow();
      }),
    );
  });

  it('come back as the moment that was meant, or not at all', () => {
    const now = Date.UTC(2026, 0, 1);
    const moment = fc.date({
      min: new Date(now + 1),
      max: new Date('9999-12-30T00:00:00Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(moment, (at) => {
        expect(endTime(at.toISOString(), now)).toBe(at.toISOString());
      }),
    );
    expect(endTime('2030-01-31T12:00:00+02:00', now)).toBe('2030-01-31T10:00:00.000Z');
    fc.assert(
      fc.property(fc.string(), (text) => {
        let end: string;
        try {
          end = endTime(text, now);
        } catch (error) {
          expect(error).toMatchObject({ code: 'commander.invalidArgument' });
          return;
        }
        expect(Date.parse(end)).toBeGreaterThan(now);
      }),
    );
    for (const text of [
      '0',
      '0d',
      '',
      'tomorrow',
      '2030',
      '2030-13-01',
      '2030-01-31T12:00:00',
      '1.5d',
      '-1d',
    ])
      expect(() => endTime(text, now), text).toThrow();
  });
});
