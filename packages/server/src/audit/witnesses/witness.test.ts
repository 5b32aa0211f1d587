import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { sqliteReader } from '../../database/reader.ts';
import { type InProcessWriter, inProcessWriter } from '../../database/testing/in-process-writer.ts';
import { tcpServer } from '../../outbound/testing/listening.ts';
import { openCheckpoint, signCheckpoint } from '../checkpoint.ts';
import { newSigner, type TestLog, testLog } from '../proofs/testing/log.ts';
import { KeyChain } from '../signing-keys/key-chain.ts';
import { checkpointIn, fileWitness, folderWitness, type Witness, webWitness } from './witness.ts';
import { witnessSink } from './witness-sink.ts';

let folder: string;
let writer: InProcessWriter;
let log: TestLog;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'memhold-witness-'));
  writer = await inProcessWriter();
  log = testLog(writer);
});
afterEach(() => {
  writer.close();
  rmSync(folder, { recursive: true });
});

const keys = async () => KeyChain.of(log.signer);
const sinkOf = (witness: Witness) =>
  witnessSink(witness, { reader: sqliteReader(writer.db), size: log.size, keys });
const grow = (count: number) => {
  log.append(count);
  log.checkpoint();
};

describe('a witness', () => {
  /** Remembers what it is given; refuses on demand. */
  function memory() {
    const state = { notes: [] as string[], refuse: false, had: 0 };
    const witness: Witness = {
      name: 'memory',
      has: async () => state.had,
      async take(note) {
        if (state.refuse) throw new Error('refused');
        state.notes.push(note);
      },
      link: async () => undefined,
      close: async () => undefined,
    };
    const sizes = () => state.notes.map((note) => openCheckpoint(note, [log.signer]).size);
    return { state, sink: sinkOf(witness), sizes };
  }

  it('gets the newest checkpoint, and each one once', async () => {
    const { sink, sizes } = memory();
    grow(3);
    grow(2);
    expect(await sink.deliver()).toBe(true);
    expect(await sink.deliver()).toBe(false);
    grow(1);
    await sink.deliver();
    expect(sizes()).toEqual([5, 6]);
    expect(sink.behind()).toBe(0);
  });

  it('is not due again at once: one a second is enough', async () => {
    const { sink } = memory();
    grow(1);
    expect(sink.isDue()).toBe(true);
    await sink.deliver();
    grow(1);
    expect(sink.isDue()).toBe(false);
  });

  it('that refused one gets the newest of then', async () => {
    const { sink, sizes, state } = memory();
    state.refuse = true;
    grow(3);
    await expect(sink.deliver()).rejects.toThrow();
    grow(3);
    expect(sink.behind()).toBe(6);
    state.refuse = false;
    await sink.deliver();
    expect(sizes()).toEqual([6]);
  });

  it('is not given what it has already', async () => {
    const { sink, sizes, state } = memory();
    state.had = 3;
    grow(3);
    expect(await sink.deliver()).toBe(false);
    grow(1);
    await sink.deliver();
    expect(sizes()).toEqual([4]);
  });

  it.each([
    ['an old one under a larger number', 'size = 4'],
    ['one that another key signed', 'size = 0'],
  ])('is not kept from new checkpoints by %s: that is told', async (_, which) => {
    const { sink, sizes } = memory();
    grow(4);
    await sink.deliver();
    const other = newSigner();
    const foreign = signCheckpoint({ origin: other.name, size: 0, root: Buffer.alloc(32) }, other);
    writer.db.prepare('INSERT INTO audit_checkpoints VALUES (0, ?, 0)').run(foreign);
    const plant = `INSERT INTO audit_checkpoints SELECT 1000000, note, created_at FROM audit_checkpoints WHERE ${which}`;
    writer.db.exec(plant);
    grow(3);
    await expect(sink.deliver()).rejects.toMatchObject({ code: 'sink_broken' });
    expect(sink.behind()).toBe(3);
    writer.db.exec('DELETE FROM audit_checkpoints WHERE size = 1000000');
    await sink.deliver();
    expect(sizes()).toEqual([4, 7]);
  });

  it('says so when new events are not signed for long: somebody may take the checkpoints away', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const { sink, sizes } = memory();
    grow(4);
    await sink.deliver();
    log.append(2);
    for (const [after, told] of [
      [0, false],
      [14_000, false],
      [2000, true],
      [2000, true],
    ] as const) {
      vi.advanceTimersByTime(after);
      if (told) await expect(sink.deliver()).rejects.toMatchObject({ code: 'sink_broken' });
      else expect(await sink.deliver()).toBe(false);
    }
    log.checkpoint();
    expect(await sink.deliver()).toBe(true);
    expect(sizes()).toEqual([4, 6]);
    vi.advanceTimersByTime(60_000);
    log.append(1);
    expect(await sink.deliver()).toBe(false);
  });

  it('gets nothing that is not signed yet', async () => {
    const { sink, sizes } = memory();
    log.append(3);
    expect(await sink.deliver()).toBe(false);
    expect(sizes()).toEqual([]);
  });
});

describe('a file on another volume', () => {
  it('has the notes as they were signed, and is read back at the next start', async () => {
    const path = join(folder, 'witness.txt');
    for (let i = 0; i < 2; i++) {
      const sink = sinkOf(fileWitness(path, () => undefined));
      grow(3);
      await sink.deliver();
      await sink.close();
    }
    const again = sinkOf(fileWitness(path, () => undefined));
    expect(await again.deliver()).toBe(false);
    await again.close();
    const last = readFileSync(path, 'utf8').split('\n').slice(-7).join('\n');
    expect(openCheckpoint(last, [log.signer]).size).toBe(6);
    expect(readFileSync(path, 'utf8').match(/^\u2014 /gm)).toHaveLength(2);
  });

  it('with notes of another log gets those of this one too', async () => {
    const path = join(folder, 'witness.txt');
    const other = await inProcessWriter();
    onTestFinished(() => other.close());
    const larger = testLog(other);
    larger.append(50);
    larger.checkpoint();
    const own = fileWitness(path, () => undefined);
    const foreign = witnessSink(own, {
      reader: sqliteReader(other.db),
      size: larger.size,
      keys: async () => KeyChain.of(larger.signer),
    });
    await foreign.deliver();
    grow(2);
    const sink = sinkOf(own);
    expect(await sink.deliver()).toBe(true);
    await sink.close();
    const sizes = readFileSync(path, 'utf8')
      .split('\n\n')
      .map((part) => checkpointIn(`${part}\n\n\u2014 x Zm9vYmE=\n`)?.size);
    expect(sizes.filter((size) => size !== undefined)).toEqual([50, 2]);
  });
});

describe('an address', () => {
  const serve = async (answer: string) => {
    let seen = '';
    const server = await tcpServer((socket) =>
      socket.on('data', (part) => {
        seen += part;
        if (seen.includes('\u2014 ')) socket.end(`HTTP/1.1 ${answer}\r\ncontent-length: 0\r\n\r\n`);
      }),
    );
    onTestFinished(() => server.close());
    return { url: `http://127.0.0.1:${server.port}/hook/abc?x=1`, seen: () => seen };
  };

  it('gets the note as it was signed, with the token', async () => {
    const { url, seen } = await serve('204 No Content');
    grow(3);
    const witness = webWitness(url, 'secret-token');
    await sinkOf(witness).deliver();
    expect(seen()).toMatch(/^POST \/hook\/abc\?x=1 HTTP/);
    expect(seen()).toMatch(/^authorization: Bearer secret-token\r$/im);
    expect(seen()).toMatch(/^content-type: text\/plain; charset=utf-8\r$/im);
    expect(openCheckpoint(seen().split('\r\n\r\n')[1]!, [log.signer]).size).toBe(3);
    expect(witness.name).not.toMatch(/hook|abc|x=1/);
  });

  it.each(['302 Found', '401 No', '500 Oops'])('that answers %s has not taken it', async (answer) => {
    const { url } = await serve(answer);
    grow(3);
    await expect(sinkOf(webWitness(url, undefined)).deliver()).rejects.toMatchObject({
      code: 'sink_refused',
    });
  });
});

it('the copy in the data folder is whole at any time, and private', async () => {
  const sink = sinkOf(folderWitness(folder));
  for (const size of [3, 3]) {
    grow(size);
    await sink.deliver();
  }
  expect(readdirSync(folder)).toEqual(['audit-checkpoint.txt']);
  const path = join(folder, 'audit-checkpoint.txt');
  expect(openCheckpoint(readFileSync(path, 'utf8'), [log.signer]).size).toBe(6);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});
