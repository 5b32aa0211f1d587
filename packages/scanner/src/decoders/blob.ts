import { isUtf8 } from 'node:buffer';
import type { BlobFormat } from './blob-format.ts';
import { digitAt, noDigit } from './blob-format.ts';
import { nextLine } from './blob-lines.ts';
import type { EncodedRun, Origins } from './encoded-run.ts';
import { startCheck, takeByte } from './text-check.ts';

/** The lines of a blob as pairs of offsets: start, end, start, end … */
type Lines = readonly number[];

/**
 * The text that the digits from `start` on encode, over line breaks where all lines but the last are equally
 * long. Undefined when they encode no text, or too little; it ends where they stop to be text, so that no byte
 * of a picture, a key in DER or a hash is decoded past its first ones. `isAlone` for one line of it.
 */
export function readBlob(
  format: BlobFormat,
  text: string,
  start: number,
  isAlone = false,
): EncodedRun | undefined {
  const check = startCheck();
  const lines: number[] = [];
  let [at, lineStart, digits, pending, bits, lineLength] = [start, start, 0, 0, 0, 0];
  for (;;) {
    const value = digitAt(format, text, at);
    if (value === noDigit) {
      const length = at - lineStart;
      if (lines.length === 0) lineLength = length;
      const hasNext = !isAlone && length === lineLength;
      const next = hasNext ? nextLine(format, text, lineStart, at, lineLength) : -1;
      if (next === -1) break;
      lines.push(lineStart, at);
      at = lineStart = next;
      continue;
    }
    at++;
    digits++;
    pending = ((pending << format.bitsPerDigit) | value) & 0xfff;
    bits += format.bitsPerDigit;
    if (bits < 8) continue;
    bits -= 8;
    if (!takeByte(check, (pending >> bits) & 0xff)) break;
  }
  const groups = Math.ceil(check.good / format.bytesPerGroup);
  const used = Math.min(digits, groups * format.digitsPerGroup);
  if (used < format.fewestDigits) return undefined;
  lines.push(lineStart, at);
  cut(lines, used);
  const isWhole = lines.at(-1) === at;
  const end = isWhole ? paddingEnd(format, text, at) : lines.at(-1)!;
  const { decoded, encoding } = decode(format, text, lines, check.good, check.isUtf16);
  return {
    start,
    end,
    encoding: format.name,
    decoded,
    origins: () => originsOf(format, lines, end, decoded, encoding),
    apart: () => (lineLength % format.digitsPerGroup === 0 ? linesApart(format, text, lines) : []),
  };
}

/** The lines each by itself: values of one length in a list look like one that was wrapped. */
function linesApart(format: BlobFormat, text: string, lines: Lines): EncodedRun[] {
  const found: EncodedRun[] = [];
  if (lines.length === 2) return found;
  for (let i = 0; i < lines.length; i += 2) {
    const run = readBlob(format, text, lines[i]!, true);
    if (run !== undefined) found.push(run);
  }
  return found;
}

/** Shortens the lines to so many digits. */
function cut(lines: number[], digits: number): void {
  let left = digits;
  for (let i = 0; i < lines.length; i += 2) {
    const length = lines[i + 1]! - lines[i]!;
    if (length < left) {
      left -= length;
      continue;
    }
    lines[i + 1] = lines[i]! + left;
    lines.length = i + 2;
  }
}

function paddingEnd({ name }: BlobFormat, text: string, at: number): number {
  if (name !== 'base64' || text[at] !== '=') return at;
  return text[at + 1] === '=' ? at + 2 : at + 1;
}

type CharacterEncoding = 'utf8' | 'utf16le' | 'latin1';

function decode({ name }: BlobFormat, text: string, lines: Lines, byteLength: number, isUtf16: boolean) {
  let joined = '';
  for (let i = 0; i < lines.length; i += 2) joined += text.slice(lines[i], lines[i + 1]);
  const bytes = Buffer.from(joined, name).subarray(0, byteLength);
  // Latin-1 keeps one code unit for each byte where a stray one would make UTF-8 lose count.
  const encoding: CharacterEncoding = isUtf16 ? 'utf16le' : isUtf8(bytes) ? 'utf8' : 'latin1';
  return { decoded: bytes.toString(encoding), encoding };
}

function originsOf(
  format: BlobFormat,
  lines: Lines,
  end: number,
  decoded: string,
  encoding: CharacterEncoding,
): Origins {
  const groups = groupOffsets(format, lines, end);
  const starts = new Uint32Array(decoded.length);
  const ends = new Uint32Array(decoded.length);
  let byte = 0;
  for (let i = 0; i < decoded.length; i++) {
    const width = widthAt(decoded, i, encoding);
    starts[i] = groups.starts[Math.floor(byte / format.bytesPerGroup)]!;
    // The second half of a surrogate pair has no bytes of its own: it shares those of the first.
    const last = byte + Math.max(width, 1) - 1;
    ends[i] = groups.ends[Math.floor(last / format.bytesPerGroup)]!;
    byte += width;
    if (width === 4) {
      starts[i + 1] = starts[i]!;
      ends[i + 1] = ends[i]!;
      i++;
    }
  }
  return { starts, ends };
}

function widthAt(decoded: string, at: number, encoding: CharacterEncoding): number {
  if (encoding !== 'utf8') return encoding === 'latin1' ? 1 : 2;
  const code = decoded.charCodeAt(at);
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code >= 0xd800 && code <= 0xdbff ? 4 : 3;
}

function groupOffsets({ digitsPerGroup }: BlobFormat, lines: Lines, end: number): Origins {
  const starts: number[] = [];
  const ends: number[] = [];
  let digit = 0;
  for (let i = 0; i < lines.length; i += 2) {
    for (let at = lines[i]!; at < lines[i + 1]!; at++, digit++) {
      if (digit % digitsPerGroup === 0) starts.push(at);
      ends[starts.length - 1] = at + 1;
    }
  }
  ends[ends.length - 1] = end;
  return { starts: Uint32Array.from(starts), ends: Uint32Array.from(ends) };
}
