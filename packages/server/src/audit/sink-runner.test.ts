import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Notice } from './notices.ts';
import { type Sink, SinkError, SinkRunner } from './sink-runner.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'setInterval'] }));
afterEach(() => vi.useRealTimers());

/** A sink that takes, refuses or hangs as a test says. */
function setUp(longestPause = 2000) {
  const told: Notice[] = [];
  const sink = {
    waiting: 0,
    tries: 0,
    mode: 'take' as 'take' | 'refuse' | 'hang' | 'nothing',
    release: () => {},
  };
  const asSink: Sink = {
    what: 'stream',
    name: 'tcp://siem:601',
    isDue: () => sink.waiting > 0,
    async deliver() {
      sink.tries++;
      if (sink.mode === 'nothing') return false;
      if (sink.mode === 'refuse') throw new SinkError('sink_refused', 'It answered 500.');
      if (sink.mode === 'hang')
        await new Promise<void>((done) => {
          sink.release = done;
        });
      sink.waiting--;
      return true;
    },
    behind: () => sink.waiting,
    close: async () => undefined,
  };
  const runner = new SinkRunner(asSink, { notify: (notice) => told.push(notice), longestPause });
  const healths = () => told.map((notice) => notice.kind === 'sink' && notice.healthy);
  const run = async (milliseconds: number) => {
    for (let passed = 0; passed < milliseconds; passed += 250) {
      runner.look();
      await vi.advanceTimersByTimeAsync(250);
    }
    runner.look();
  };
  return { sink, runner, told, healths, run };
}

describe('a sink', () => {
  it('is given all that waits, and nobody is told of a good one', async () => {
    const { sink, run, told, runner } = setUp();
    sink.waiting = 5;
    await run(500);
    expect([sink.waiting, sink.tries, told]).toEqual([0, 5, []]);
    expect(runner.state).toEqual({ what: 'stream', name: 'tcp://siem:601', healthy: true, behind: 0 });
  });

  it('that fails is told of once, within 5 s, and once again when it is back, within 5 s', async () => {
    const { sink, run, told } = setUp();
    sink.waiting = 3;
    sink.mode = 'refuse';
    await run(5000);
    expect(told).toEqual([
      {
        kind: 'sink',
        what: 'stream',
        name: 'tcp://siem:601',
        healthy: false,
        behind: 3,
        error: 'It answered 500.',
      },
    ]);
    await run(60_000);
    expect(told).toHaveLength(1);
    sink.mode = 'take';
    await run(5000);
    expect(told.slice(1)).toEqual([
      { kind: 'sink', what: 'stream', name: 'tcp://siem:601', healthy: true, behind: 0 },
    ]);
  });

  it('is tried again after pauses that double up to the longest', async () => {
    const { sink, run } = setUp(30_000);
    sink.waiting = 1;
    sink.mode = 'refuse';
    await run(60_000);
    // 0.25 + 0.5 + … + 16 s, then each 30 s.
    expect(sink.tries).toBeGreaterThanOrEqual(8);
    expect(sink.tries).toBeLessThanOrEqual(10);
  });

  it('that fails every other time stays unhealthy: two events, not two for each try', async () => {
    const { sink, run, healths } = setUp(250);
    for (let i = 0; i < 40; i++) {
      sink.waiting = 1;
      sink.mode = i % 2 ? 'take' : 'refuse';
      await run(250);
    }
    expect(healths()).toEqual([false]);
  });

  it('that hangs is told of, is not asked twice at once, and is well again when it comes back', async () => {
    const { sink, run, healths } = setUp();
    sink.waiting = 1;
    sink.mode = 'hang';
    await run(4000);
    expect([sink.tries, healths()]).toEqual([1, [false]]);
    sink.mode = 'take';
    sink.release();
    await run(2000);
    expect([sink.waiting, healths()]).toEqual([0, [false, true]]);
  });

  it('with something due that cannot be read yet is asked again later, not at once for ever', async () => {
    const { sink, run } = setUp();
    sink.waiting = 1;
    sink.mode = 'nothing';
    await run(1000);
    expect(sink.tries).toBeLessThanOrEqual(5);
  });

  it('that is flushed is tried once more, whatever pause there was', async () => {
    const { sink, runner, run } = setUp(30_000);
    sink.waiting = 1;
    sink.mode = 'refuse';
    await run(8000);
    sink.mode = 'take';
    await runner.flush();
    expect(sink.waiting).toBe(0);
  });

  it("is told of with the system's code alone: its message has a path or an address", async () => {
    const { runner, told } = setUp();
    const failing = Object.assign(new Error("ENOSPC: no space left, write '/secret'"), {
      code: 'ENOSPC',
      syscall: 'write',
    });
    const sink = { ...(runner as unknown as { sink: Sink }).sink, deliver: () => Promise.reject(failing) };
    const other = new SinkRunner(sink, { notify: (notice) => told.push(notice), longestPause: 1 });
    await other.flush();
    expect(told).toMatchObject([{ error: 'ENOSPC at write' }]);
  });
});
