import { describe, expect, it } from 'vitest';
import { HashQueue } from './hash-queue.ts';
import { argon2Hasher, checkPassword, randomPassword } from './passwords.ts';

describe('password hashing', () => {
  it('is Argon2id at 19 MiB and two passes, salted, and knows a password in any Unicode form', async () => {
    const hasher = argon2Hasher();
    const stored = await hasher.hash('Pässword1');
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await hasher.hash('Pässword1')).not.toBe(stored);
    expect(await hasher.verify(stored, 'Pa\u0308ssword1')).toBe(true);
    expect(await hasher.verify(stored, 'Passwörd1')).toBe(false);
  });

  it('takes about as long for nobody as for somebody', async () => {
    const hasher = argon2Hasher();
    const stored = await hasher.hash('Password1');
    const time = async (hash: string | undefined) => {
      const runs: number[] = [];
      for (let i = 0; i < 7; i++) {
        const start = performance.now();
        expect(await hasher.verify(hash, 'Password2')).toBe(false);
        runs.push(performance.now() - start);
      }
      return Math.min(...runs);
    };
    const [somebody, nobody] = [await time(stored), await time(undefined)];
    expect(nobody / somebody).toBeGreaterThan(0.5);
    expect(nobody / somebody).toBeLessThan(2);
  });
});

describe('the hash queue', () => {
  it('runs two at a time and turns away who comes when all places are taken', async () => {
    const queue = new HashQueue({ running: 2, waiting: 3 });
    const gates: (() => void)[] = [];
    let active = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++active);
      await new Promise<void>((open) => gates.push(open));
      active--;
      return 'done';
    };
    const admitted = Array.from({ length: 5 }, () => queue.run(work));
    await expect(queue.run(work)).rejects.toMatchObject({ code: 'hashing_busy', retryAfterSeconds: 3 });
    for (let i = 0; i < 5; i++) {
      await new Promise((resolve) => setImmediate(resolve));
      gates.shift()!();
    }
    expect(await Promise.all(admitted)).toEqual(Array(5).fill('done'));
    expect(most).toBe(2);
  });

  it('goes on after a failure', async () => {
    const queue = new HashQueue({ running: 1, waiting: 1 });
    const failing = queue.run(() => Promise.reject(new Error('no memory')));
    const next = queue.run(async () => 'done');
    await expect(failing).rejects.toThrow('no memory');
    expect(await next).toBe('done');
    expect(await queue.run(async () => 'done')).toBe('done');
  });
});

it('random passwords keep the rules and differ', () => {
  const made = Array.from({ length: 200 }, randomPassword);
  for (const password of made) expect(() => checkPassword(password, 'password')).not.toThrow();
  expect(new Set(made).size).toBe(200);
});
