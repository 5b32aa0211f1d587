import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SpreadWatch } from './spread.ts';

const PERIOD = 900_000;

describe('how many accounts a network fails for', () => {
  it('is told at 10, 20 and 40 accounts, and of no network for another', () => {
    const watch = new SpreadWatch(PERIOD);
    const told: [number, number | undefined][] = [];
    for (let i = 1; i <= 50; i++) {
      expect(watch.add(`quiet ${i}`, 'a', i).accounts).toBeUndefined();
      const { accounts } = watch.add('network', `account ${i}`, i);
      if (accounts !== undefined) told.push([i, accounts]);
    }
    expect(told).toEqual([
      [10, 10],
      [20, 20],
      [40, 40],
    ]);
  });

  it('counts an account once, and not one whose attempts were all taken back', () => {
    const watch = new SpreadWatch(PERIOD);
    for (let i = 0; i < 100; i++) watch.add('network', 'one', i);
    for (let i = 0; i < 100; i++) watch.add('network', `right ${i}`, i).takeBack();
    const both = watch.add('network', 'typo', 100);
    watch.add('network', 'typo', 100);
    both.takeBack();
    for (let i = 3; i <= 9; i++) expect(watch.add('network', `${i}`, 100).accounts).toBeUndefined();
    expect(watch.add('network', '10', 100).accounts).toBe(10);
  });

  it('is told by the next failure, where the tenth was a success', () => {
    const watch = new SpreadWatch(PERIOD);
    for (let i = 1; i <= 9; i++) watch.add('network', `${i}`, 0);
    const tenth = watch.add('network', '10', 0);
    expect(tenth.accounts).toBe(10);
    tenth.takeBack();
    expect(watch.add('network', '11', 0).accounts).toBe(10);
  });

  it('forgets what is a period old, and tells again of what goes on for longer', () => {
    const watch = new SpreadWatch(PERIOD);
    for (let i = 1; i <= 9; i++) watch.add('network', `${i}`, 0);
    expect(watch.add('network', '10', PERIOD).accounts).toBeUndefined();
    expect(watch.size).toBe(1);
    const told: number[] = [];
    for (let i = 0; i < 90; i++) {
      const { accounts } = watch.add('network', `slow ${i}`, PERIOD + (i * PERIOD) / 15);
      if (accounts !== undefined) told.push(i);
    }
    // Fifteen accounts a period: never twenty at once.
    expect(told.length).toBeGreaterThanOrEqual(5);
    expect(told.length).toBeLessThanOrEqual(6);
  });

  it('is held in bounded memory, and every attempt taken back leaves nothing', () => {
    const attempt = fc.tuple(fc.nat(30), fc.nat(30), fc.nat(PERIOD / 4), fc.nat(20));
    fc.assert(
      fc.property(fc.array(attempt, { maxLength: 100, size: 'max' }), (attempts) => {
        const watch = new SpreadWatch(PERIOD, 12);
        const open: { takeBack(): void }[] = [];
        let at = 0;
        for (const [network, account, pause, back] of attempts) {
          at += pause;
          open.push(watch.add(`${network}`, `${account}`, at));
          if (back < open.length) open.splice(back, 1)[0]!.takeBack();
          expect(watch.size).toBeGreaterThanOrEqual(0);
          expect(watch.size).toBeLessThanOrEqual(12);
          const { networks } = watch as unknown as {
            networks: Map<string, { accounts: Map<string, unknown> }>;
          };
          const held = [...networks.values()].map(({ accounts }) => accounts.size);
          expect(held.reduce((sum, size) => sum + size, 0)).toBe(watch.size);
          expect(held).not.toContain(0);
        }
        for (const one of open) one.takeBack();
        expect(watch.size).toBe(0);
      }),
    );
  });
});
