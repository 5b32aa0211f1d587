import { hash as argon2, parseOptions } from '@node-rs/argon2';
import { hash as bcrypt } from '@node-rs/bcrypt';
import { describe, expect, it } from 'vitest';
import { HashQueue } from './hash-queue.ts';
import { argon2Hasher, NOBODY } from './passwords.ts';

const hasher = argon2Hasher();
/** Cheap settings, so that the tests need not pay for what they do not look at. */
const CHEAP = { algorithm: 2, memoryCost: 64, timeCost: 1, parallelism: 1 };

describe('password hashing', () => {
  it('is Argon2id at 19 MiB and two passes, salted, and knows a password in any Unicode form', async () => {
    const stored = await hasher.hash('Pässword1');
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await hasher.hash('Pässword1')).not.toBe(stored);
    expect(await hasher.verify(stored, 'Pa\u0308ssword1')).toBe(true);
    expect(await hasher.verify(stored, 'Passwörd1')).toBe(false);
  });

  it('takes a place in the line for nobody as for somebody, and for whom it is', async () => {
    const places: (string | undefined)[] = [];
    class Counting extends HashQueue {
      override run<T>(work: () => Promise<T>, key?: string): Promise<T> {
        places.push(key);
        return super.run(work, key);
      }
    }
    const counted = argon2Hasher(new Counting({ running: 1, waiting: 4 }));
    const stored = await counted.hash('Password1', 'net-a');
    expect(await counted.verify(stored, 'Password1', 'net-b')).toBe(true);
    expect(await counted.verify(undefined, 'Password1', 'net-c')).toBe(false);
    expect(await counted.verify('$2b$31$nonsense', 'Password1', 'net-d')).toBe(false);
    expect(places).toEqual(['net-a', 'net-b', 'net-c', 'net-d']);
  });

  it('costs as much for nobody as for somebody', async () => {
    expect(parseOptions(NOBODY)).toEqual(parseOptions(await hasher.hash('Password1')));
    expect(hasher.needsUpgrade(NOBODY)).toBe(false);
  });

  it('lets 32 callers of one network wait, and others behind them', async () => {
    const flooded = argon2Hasher();
    const cheap = await argon2('x', CHEAP);
    const attempts = await Promise.allSettled([
      ...Array.from({ length: 36 }, () => flooded.verify(cheap, 'x', 'flood')),
      flooded.verify(cheap, 'x', 'other'),
    ]);
    expect(attempts.filter(({ status }) => status === 'rejected')).toHaveLength(2);
    expect(attempts.at(-1)!.status).toBe('fulfilled');
  });
});

describe('bcrypt hashes of an older system', () => {
  // Of Openwall's crypt_blowfish, which made the prefix $2y$.
  it.each([
    ['U*U', '05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
    ['U*U*', '05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK'],
    ['U*U*U', '05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a'],
  ])('verify: %s', async (password, rest) => {
    for (const prefix of ['$2a$', '$2b$', '$2y$']) {
      expect(await hasher.verify(prefix + rest, password)).toBe(true);
      expect(await hasher.verify(prefix + rest, `${password}x`)).toBe(false);
    }
    // Made by a library that got 8-bit characters wrong, and something else.
    for (const prefix of ['$2x$', '$2$', '$3a$', '2a$', ' $2a$'])
      expect(await hasher.verify(prefix + rest, password), prefix).toBe(false);
  });

  it('are of the bytes that were typed: no other Unicode form was ever the password', async () => {
    const decomposed = await bcrypt('Pa\u0308ssword1', { cost: 4 });
    expect(await hasher.verify(decomposed, 'Pa\u0308ssword1')).toBe(true);
    expect(await hasher.verify(decomposed, 'Pässword1')).toBe(false);
  });

  it('do not verify by the first 72 bytes of something longer', async () => {
    const full = 'Aa1'.repeat(24);
    const stored = await bcrypt(full, { cost: 4 });
    expect(await hasher.verify(stored, full)).toBe(true);
    for (const end of ['x', 'Aa1', 'ä', 'x'.repeat(900)])
      expect(await hasher.verify(stored, full + end)).toBe(false);
    const wide = `${'ä'.repeat(35)}Aa1`;
    expect(Buffer.byteLength(wide)).toBe(73);
    expect(await hasher.verify(await bcrypt(wide, { cost: 4 }), wide)).toBe(false);
  });

  it('of a cost that would take days, or of none, are not computed', async () => {
    const at = (cost: string) => `$2b$${cost}$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW`;
    for (const cost of ['31', '20', '15', '03', '00', '+4', '4', '1e'])
      expect(await hasher.verify(at(cost), 'U*U'), cost).toBe(false);
    // The right one of its password, one step too costly.
    const costly = '$2b$15$EZALAXZyPw/ky9jgfhZzOOGMBjMU9COxaX5JTOYwIxJCwZBlU4N8G';
    expect(await hasher.verify(costly, 'U*U')).toBe(false);
  });
});

describe('Argon2 hashes of other settings', () => {
  it('verify where they cost no more than a login may', async () => {
    const settings = [
      CHEAP,
      { ...CHEAP, algorithm: 0 },
      { ...CHEAP, algorithm: 1 },
      { ...CHEAP, timeCost: 10, parallelism: 4 },
      { ...CHEAP, memoryCost: 65_536 },
    ];
    for (const options of settings) {
      const stored = await argon2('Password1', options);
      expect(await hasher.verify(stored, 'Password1')).toBe(true);
      expect(await hasher.verify(stored, 'Password2')).toBe(false);
    }
  });

  it('are not computed where they cost more', async () => {
    for (const options of [
      { ...CHEAP, memoryCost: 65_544 },
      { ...CHEAP, timeCost: 11 },
      { ...CHEAP, parallelism: 5 },
    ]) {
      const stored = await argon2('Password1', options);
      expect(await hasher.verify(stored, 'Password1'), stored.slice(0, 32)).toBe(false);
    }
    const [, , , , salt, output] = (await argon2('Password1', CHEAP)).split('$');
    const endless = `$argon2id$v=19$m=4294967295,t=4294967295,p=255$${salt}$${output}`;
    expect(parseOptions(endless).timeCost).toBe(4_294_967_295);
    expect(await hasher.verify(endless, 'Password1')).toBe(false);
  });

  it('that are none prove nothing and are no error', async () => {
    const cut = (await argon2('Password1', CHEAP)).split('$').slice(0, 5).join('$');
    for (const stored of [
      '',
      'x',
      'Password1',
      '$argon2id$',
      `${cut}$`,
      `${cut}$AAAA`,
      '$argon2id$v=19$m=8,t=1',
    ])
      for (const password of ['', 'Password1']) expect(await hasher.verify(stored, password)).toBe(false);
  });
});

describe('an upgrade of a hash', () => {
  it('is due for bcrypt and for weaker Argon2 settings', async () => {
    expect(hasher.needsUpgrade(await bcrypt('Password1', { cost: 4 }))).toBe(true);
    for (const options of [
      CHEAP,
      { memoryCost: 19_455, timeCost: 4 },
      { memoryCost: 19_456, timeCost: 1 },
      { memoryCost: 19_456, timeCost: 2, algorithm: 1 },
      { memoryCost: 19_456, timeCost: 2, version: 0 },
      { memoryCost: 19_456, timeCost: 2, outputLen: 16 },
      { memoryCost: 19_456, timeCost: 2, salt: new Uint8Array(8).fill(7) },
    ])
      expect(hasher.needsUpgrade(await argon2('Password1', options)), JSON.stringify(options)).toBe(true);
  });

  it('is not due for what is as good, and what an upgrade made needs no other', async () => {
    expect(hasher.needsUpgrade(await hasher.hash('Password1'))).toBe(false);
    expect(hasher.needsUpgrade(await argon2('Password1', { memoryCost: 47_104, timeCost: 1 }))).toBe(false);
    expect(hasher.needsUpgrade(await argon2('Password1', { memoryCost: 65_536, timeCost: 3 }))).toBe(false);
  });
});
