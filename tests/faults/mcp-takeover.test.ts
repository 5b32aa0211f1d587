import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { connectV1, connectV2, localHost } from '../mcp-host.ts';
import { temporaryFolder } from '../server-process.ts';

const long = process.env.MEMHOLD_TEST_LONG === '1';
const ROUNDS = long ? 10 : 2;
/** A takeover takes about a second; no machine is so busy that it takes this long. */
const STAGE_MS = 30_000;

type Call = (name: string, args: Record<string, unknown>) => Promise<unknown>;

/** An MCP host that creates memories one after another until told to stop; remembers which were acknowledged. */
class Creator {
  readonly acknowledged: string[] = [];
  readonly failures: string[] = [];
  readonly pid: number;
  readonly call: Call;
  private readonly name: string;

  constructor(name: string, pid: number, call: Call) {
    this.name = name;
    this.pid = pid;
    this.call = call;
  }

  async create(until: () => boolean): Promise<void> {
    for (let i = this.acknowledged.length + this.failures.length; !until(); i++) {
      const text = `${this.name} thought number ${i}`;
      try {
        const { isError } = (await this.call('add_memory', { text })) as { isError?: boolean };
        expect(isError ?? false).toBe(false);
        this.acknowledged.push(text);
      } catch (error) {
        this.failures.push((error as Error).message);
      }
    }
  }
}

async function creator(name: string, dataDir: string, version: 1 | 2): Promise<Creator> {
  const { client, pid } = await (version === 1 ? connectV1 : connectV2)(localHost(dataDir));
  return new Creator(name, pid, (tool, args) => client.callTool({ name: tool, arguments: args }));
}

async function texts(call: Call): Promise<string[]> {
  const found: string[] = [];
  for (let page = 1; ; page++) {
    const answer = (await call('get_memories', { page, page_size: 100 })) as {
      structuredContent: { results: { memory: string }[] };
    };
    const { results } = answer.structuredContent;
    found.push(...results.map(({ memory }) => memory));
    if (results.length < 100) return found;
  }
}

test(
  `of three hosts on one folder the one that holds it is killed with -9 in the middle of creates, ${ROUNDS} times: nothing acknowledged is lost, the others go on`,
  async () => {
    const dataDir = join(temporaryFolder(), 'data');
    const promised: string[] = [];
    let hosts = await Promise.all(
      ([1, 2, 1] as const).map((version, i) => creator(`host ${i}`, dataDir, version)),
    );
    for (let round = 1; ; round++) {
      let stop = false;
      // Whoever takes the folder notes it a moment after the hosts are connected.
      const { holder, first } = await vi.waitFor(
        () => {
          const pid = Number.parseInt(readFileSync(join(dataDir, 'holder.pid'), 'utf8'), 10);
          const host = hosts.find((one) => one.pid === pid);
          if (!host) throw new Error(`process ${pid} holds the folder, and is none of the hosts`);
          return { holder: pid, first: host };
        },
        { timeout: STAGE_MS, interval: 100 },
      );
      const others = hosts.filter((one) => one !== first);
      expect(others).toHaveLength(2);
      let dead = false;
      const creating = hosts.map((one) => one.create(() => stop || (dead && one === first)));
      try {
        await reached('everybody creates', hosts, (one) => one.acknowledged.length >= 5);
        const before = new Map(others.map((one) => [one, one.acknowledged.length]));
        const failures = others.flatMap((one) => one.failures).length;
        expect(failures).toBe(0);
        dead = true;
        process.kill(holder, 'SIGKILL');
        await reached('the others go on', others, (one) => one.acknowledged.length >= before.get(one)! + 5);
      } finally {
        stop = true;
      }
      await Promise.all(creating);

      const stored = await texts(others[0]!.call);
      const there = new Set(stored);
      // Nothing was written twice.
      expect(stored).toHaveLength(there.size);
      promised.push(...hosts.flatMap(({ acknowledged }) => acknowledged));
      expect(
        promised.filter((text) => !there.has(text)),
        `round ${round}`,
      ).toEqual([]);
      // Whoever was in the middle of a write is told that nobody knows: once, of the one that it was in.
      for (const { failures } of others) {
        expect(failures.length).toBeLessThanOrEqual(1);
        for (const failure of failures) expect(failure).toContain('search before you repeat it');
      }
      expect((await texts(others[1]!.call)).sort()).toEqual(stored.sort());
      if (round === ROUNDS) return;
      const next = await creator(`host ${round + 2}`, dataDir, 2);
      hosts = [...others.map((one, i) => new Creator(`round ${round} ${i}`, one.pid, one.call)), next];
    }
  },
  ROUNDS * 2 * STAGE_MS + STAGE_MS,
);

/** Waits until each has come so far; throws when that takes too long, with what each was told. */
async function reached(stage: string, all: Creator[], far: (one: Creator) => boolean): Promise<void> {
  const end = performance.now() + STAGE_MS;
  while (!all.every(far)) {
    if (performance.now() > end || all.some(({ failures }) => failures.length > 3))
      throw new Error(
        `${stage}: not reached; ${JSON.stringify(all.map(({ failures }) => failures.slice(-3)))}`,
      );
    await new Promise((next) => setTimeout(next, 5));
  }
}
