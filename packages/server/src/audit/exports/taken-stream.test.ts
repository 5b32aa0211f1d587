import { once } from 'node:events';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TakenStream } from './taken-stream.ts';

/** Writes as the exporters do. */
async function writeAll(stream: TakenStream, chunks: readonly Uint8Array[], wrote: (count: number) => void) {
  for (const [index, chunk] of chunks.entries()) {
    if (!stream.out.write(chunk)) await once(stream.out, 'drain');
    wrote(index + 1);
  }
  stream.end();
}

async function takeAll(stream: TakenStream): Promise<Uint8Array[]> {
  const pieces = [];
  for (let piece = await stream.take(); piece; piece = await stream.take()) pieces.push(piece);
  return pieces;
}

const bytes = (count: number) => new Uint8Array(count).fill(7);

describe('a stream that is taken from', () => {
  test('hands out what was written, in pieces of the size that was asked for', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 30 }), { maxLength: 30 }),
        fc.integer({ min: 1, max: 50 }),
        async (chunks, size) => {
          const stream = new TakenStream(size);
          const written = writeAll(stream, chunks, () => undefined);
          const pieces = await takeAll(stream);
          await written;
          expect(Buffer.concat(pieces)).toEqual(Buffer.concat(chunks));
          for (const piece of pieces.slice(0, -1)) expect(piece.length).toBeGreaterThanOrEqual(size);
        },
      ),
    );
  });

  test('is written no further than one piece ahead', async () => {
    const stream = new TakenStream(100);
    let wrote = 0;
    const written = writeAll(
      stream,
      Array.from({ length: 50 }, () => bytes(60)),
      (count) => {
        wrote = count;
      },
    );
    await new Promise(setImmediate);
    expect(wrote).toBe(1);
    expect((await stream.take())?.length).toBe(120);
    await takeAll(stream);
    await written;
    expect(wrote).toBe(50);
  });

  test('closed while its writer waits, tells both ends', async () => {
    const stream = new TakenStream(10);
    const written = writeAll(stream, [bytes(20), bytes(20)], () => undefined);
    await new Promise(setImmediate);
    stream.fail(new Error('closed'));
    await expect(written).rejects.toThrow('closed');
    await expect(stream.take()).rejects.toThrow('closed');
  });

  test('closed while its writer is about something else, tells it at its next word', async () => {
    const stream = new TakenStream(10);
    await writeAll(stream, [bytes(1)], () => stream.fail(new Error('closed')));
    await new Promise(setImmediate);
    await expect(writeAll(stream, [bytes(20)], () => undefined)).rejects.toThrow('closed');
  });

  test('wakes whoever takes when the writer fails', async () => {
    const stream = new TakenStream(10);
    const taken = stream.take();
    stream.fail(new Error('the disk is gone'));
    await expect(taken).rejects.toThrow('the disk is gone');
  });
});
