import { Readable } from 'node:stream';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Line, linesOf } from './lines.ts';

async function read(chunks: readonly Uint8Array[], longest = 100): Promise<Line[]> {
  const lines: Line[] = [];
  for await (const line of linesOf(Readable.from(chunks, { objectMode: true }), longest)) lines.push(line);
  return lines;
}

const text = fc.string({ unit: 'binary', maxLength: 40 }).map((any) => any.replaceAll('\n', ''));

it('lines are the same wherever the pieces of the stream are cut', async () => {
  const cut = fc.tuple(fc.array(text), fc.array(fc.nat()), fc.constantFrom('\n', '\r\n'));
  await fc.assert(
    fc.asyncProperty(cut, async ([lines, cuts, end]) => {
      const bytes = Buffer.from(lines.map((line) => line + end).join(''));
      const places = [0, ...cuts.map((at) => at % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
      const chunks = places.slice(1).map((to, i) => bytes.subarray(places[i], to));
      const wanted = lines.map((line) => line.toWellFormed().trim()).filter((line) => line !== '');
      expect(await read(chunks, 1000)).toEqual(wanted);
    }),
  );
});

it('a line that is too long is told and thrown away, and the next one is read', async () => {
  const long = Buffer.alloc(101, 'x');
  expect(await read([long, long, Buffer.from('\nnext\n'), long])).toEqual([undefined, 'next', undefined]);
  expect(await read([Buffer.alloc(100, 'x')])).toEqual(['x'.repeat(100)]);
});
