import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HashQueue } from './hash-queue.ts';

/** Work that ends when it is told to. */
function gated() {
  const gates: (() => void)[] = [];
  const state = { active: 0, most: 0, started: 0 };
  const work = async () => {
    state.started++;
    state.most = Math.max(state.most, ++state.active);
    await new Promise<void>((open) => gates.push(open));
    state.active--;
    return 'done';
  };
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const finishOne = async () => {
    await turn();
    gates.shift()?.();
    await turn();
  };
  return { work, state, finishOne };
}

describe('the hash queue', () => {
  it('runs two at a time and turns away who comes when all places are taken', async () => {
    const queue = new HashQueue({ running: 2, waiting: 3 });
    const { work, state, finishOne } = gated();
    const admitted = Array.from({ length: 5 }, () => queue.run(work));
    await expect(queue.run(work)).rejects.toMatchObject({ code: 'hashing_busy', retryAfterSeconds: 3 });
    for (let i = 0; i < 5; i++) await finishOne();
    expect(await Promise.all(admitted)).toEqual(Array(5).fill('done'));
    expect(state.most).toBe(2);
  });

  it('lets one network wait in its share of the places only, and others in the rest', async () => {
    const queue = new HashQueue({ running: 1, waiting: 5, waitingPerKey: 2 });
    const { work, state, finishOne } = gated();
    const flood = Array.from({ length: 3 }, () => queue.run(work, 'flood'));
    await expect(queue.run(work, 'flood')).rejects.toMatchObject({ code: 'hashing_busy' });
    const others = [queue.run(work, 'other'), queue.run(work, 'third'), queue.run(work)];
    await expect(queue.run(work, 'fourth')).rejects.toMatchObject({ code: 'hashing_busy' });
    // A place that became free in the line is free for the same network again.
    await finishOne();
    const again = queue.run(work, 'flood');
    for (let i = 0; i < 6; i++) await finishOne();
    expect(await Promise.all([...flood, ...others, again])).toEqual(Array(7).fill('done'));
    expect(state.started).toBe(7);
  });

  it('goes on after a failure', async () => {
    const queue = new HashQueue({ running: 1, waiting: 1 });
    const failing = queue.run(() => Promise.reject(new Error('no memory')));
    const next = queue.run(async () => 'done');
    await expect(failing).rejects.toThrow('no memory');
    expect(await next).toBe('done');
    expect(await queue.run(async () => 'done')).toBe('done');
  });

  it('keeps its limits and forgets nobody, in whatever order callers come and end', async () => {
    const arrivals = fc.array(fc.constantFrom('a', 'b', 'c', 'end'), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(arrivals, async (steps) => {
        const queue = new HashQueue({ running: 2, waiting: 4, waitingPerKey: 2 });
        const { work, state, finishOne } = gated();
        /** Whose work waits, first come first. */
        const line: string[] = [];
        let running = 0;
        const admitted: Promise<string>[] = [];
        for (const step of steps) {
          if (step === 'end') {
            await finishOne();
            if (line.shift() === undefined) running = Math.max(0, running - 1);
            continue;
          }
          const runs = running < 2;
          const waits = line.length < 4 && line.filter((key) => key === step).length < 2;
          const outcome = queue.run(work, step);
          if (!runs && !waits) await expect(outcome).rejects.toMatchObject({ code: 'hashing_busy' });
          else {
            admitted.push(outcome);
            if (runs) running++;
            else line.push(step);
          }
        }
        for (let i = 0; i < admitted.length; i++) await finishOne();
        expect(await Promise.all(admitted)).toEqual(admitted.map(() => 'done'));
        expect(state).toMatchObject({ active: 0, started: admitted.length });
        expect(state.most).toBeLessThanOrEqual(2);
      }),
      { numRuns: 60 },
    );
  });
});
