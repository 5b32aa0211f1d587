import { HEX, isAt, runEnd, SPACE, WORD } from '../characters.ts';
import type { EncodedRun } from './encoded-run.ts';
import { isPlainByte } from './text-check.ts';

const fewestBytes = 16;
const longestGap = 64;

/** Lists of bytes in hex, `0x41, 0x42, …`, where they are text. */
export function findByteLists(text: string): EncodedRun[] {
  const found: EncodedRun[] = [];
  for (let at = text.indexOf('0x'); at !== -1; ) {
    let end = at + 2;
    if (!isAt(text, at - 1, WORD)) {
      const list = listAt(text, at);
      end = Math.max(end, list.end);
      if (list.bytes.length >= fewestBytes) found.push(runOf(text, at, list));
    }
    at = text.indexOf('0x', end);
  }
  return found;
}

interface ByteList {
  readonly bytes: number[];
  readonly end: number;
}

/** The bytes from `start` on up to the first that is no text; `starts` and `ends` take their places. */
function listAt(text: string, start: number, starts?: Uint32Array, ends?: Uint32Array): ByteList {
  const bytes: number[] = [];
  let end = start;
  for (let at = start; text[at] === '0' && text[at + 1] === 'x'; ) {
    const elementEnd = runEnd(text, at + 2, HEX, at + 5);
    const byte = Number.parseInt(text.slice(at + 2, elementEnd), 16);
    if (elementEnd > at + 4 || !isPlainByte(byte)) break;
    if (starts !== undefined && ends !== undefined) {
      starts[bytes.length] = at;
      ends[bytes.length] = elementEnd;
    }
    bytes.push(byte);
    end = elementEnd;
    const comma = runEnd(text, elementEnd, SPACE, elementEnd + longestGap);
    if (text[comma] !== ',') break;
    at = runEnd(text, comma + 1, SPACE, comma + 1 + longestGap);
  }
  return { bytes, end };
}

function runOf(text: string, start: number, { bytes, end }: ByteList): EncodedRun {
  return {
    start,
    end,
    encoding: 'hex',
    decoded: Buffer.from(bytes).toString('latin1'),
    origins() {
      const starts = new Uint32Array(bytes.length);
      const ends = new Uint32Array(bytes.length);
      listAt(text, start, starts, ends);
      return { starts, ends };
    },
  };
}
