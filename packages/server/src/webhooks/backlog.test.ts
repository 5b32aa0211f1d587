import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogRow } from '../audit/source.ts';
import { Backlog } from './backlog.ts';

/** A log as who wants which event: `true` is one that is wanted. */
function logOf(wanted: boolean[], page: number) {
  const row = (seq: number) => ({ seq }) as LogRow;
  let seen = 0;
  return {
    backlog: (next: number) =>
      new Backlog({
        next,
        end: wanted.length,
        seen: () => seen,
        isWanted: ({ seq }) => wanted[seq]!,
        async portionFrom(from) {
          const to = Math.min(from + page, wanted.length);
          // As the log's reader does: an event may be there before anybody was told of it.
          const rows = Array.from({ length: Math.max(0, to - from) }, (_, i) => row(from + i));
          return { rows, next: Math.max(from, to) };
        },
      }),
    /** Hands out what was appended since. */
    tell(to: Backlog) {
      for (; seen < wanted.length; seen++) if (wanted[seen]) to.told(seen);
    },
    append: (...more: boolean[]) => void wanted.push(...more),
  };
}

async function drain(backlog: Backlog, most = Number.POSITIVE_INFINITY): Promise<number[]> {
  const out: number[] = [];
  while (out.length < most) {
    const seq = await backlog.first();
    if (seq === undefined) break;
    out.push(seq);
    backlog.done();
  }
  return out;
}

const flags = fc.array(fc.boolean(), { maxLength: 12 });
const steps = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('append' as const), events: flags }),
    fc.record({ do: fc.constant('tell' as const) }),
    fc.record({ do: fc.constant('take' as const), most: fc.nat(4), telling: fc.boolean() }),
  ),
  { maxLength: 20 },
);

describe('what waits for a webhook', () => {
  it('is each wanted event once and in order, however reading and telling fall together', async () => {
    await fc.assert(
      fc.asyncProperty(
        flags,
        fc.nat(12),
        fc.integer({ min: 1, max: 5 }),
        steps,
        async (begin, at, page, plan) => {
          const wanted = [...begin];
          const next = Math.min(at, wanted.length);
          const log = logOf(wanted, page);
          const backlog = log.backlog(next);
          const out: number[] = [];
          for (const step of plan) {
            if (step.do === 'append') log.append(...step.events);
            if (step.do === 'tell') log.tell(backlog);
            if (step.do === 'take') {
              const taken = drain(backlog, step.most);
              if (step.telling) log.tell(backlog);
              out.push(...(await taken));
            }
            const place = backlog.place;
            expect(out.every((seq) => seq < place)).toBe(true);
          }
          log.tell(backlog);
          out.push(...(await drain(backlog)));
          const all = wanted.flatMap((is, seq) => (is && seq >= next ? [seq] : []));
          expect(out).toEqual(all);
          expect(backlog.place).toBe(Math.max(wanted.length, next));
          expect(backlog.isDue()).toBe(false);
        },
      ),
    );
  });

  it('is not counted twice where it was read before it was told', async () => {
    const wanted = [true];
    const log = logOf(wanted, 5);
    const backlog = log.backlog(0);
    log.append(true);
    const [first] = await drain(backlog, 1);
    log.tell(backlog);
    expect([first, ...(await drain(backlog))]).toEqual([0, 1]);
  });

  it('holds ten thousand places at most, and loses none of those beyond', async () => {
    const wanted: boolean[] = [];
    const log = logOf(wanted, 1000);
    const backlog = log.backlog(0);
    log.append(...Array<boolean>(25_000).fill(true));
    log.tell(backlog);
    expect(backlog.waiting).toBe(10_000);
    expect(await drain(backlog)).toEqual([...Array(25_000).keys()]);
  });
});
