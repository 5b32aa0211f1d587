import type { Readable } from 'node:stream';

/** One line of the input; `undefined` stands for one that is longer than allowed, whose bytes are thrown away. */
export type Line = string | undefined;

const NEWLINE = 0x0a;

/** The lines of a stream without their ends, as UTF-8; empty ones are left out, the last needs no end. */
export async function* linesOf(input: Readable, longest: number): AsyncGenerator<Line> {
  let parts: Buffer[] = [];
  let size = 0;
  const take = (): Line => {
    const line = size > longest ? undefined : Buffer.concat(parts, size).toString('utf8').trim();
    parts = [];
    size = 0;
    return line;
  };
  const keep = (part: Buffer) => {
    size += part.length;
    if (size > longest) parts = [];
    else parts.push(part);
  };
  for await (const chunk of input as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      keep(chunk.subarray(start, end));
      start = end + 1;
      const line = take();
      if (line !== '') yield line;
    }
    keep(chunk.subarray(start));
  }
  const last = take();
  if (last !== '') yield last;
}
