import { BASE64URL, HEX, isIn, PLUS_SLASH, runEnd } from '../characters.ts';
import { readBlob } from './blob.ts';
import { base64, hex } from './blob-format.ts';
import type { EncodedRun } from './encoded-run.ts';

const ALPHABET = BASE64URL | PLUS_SLASH;

/**
 * Base64 and hex that encode text, from left to right; none inside one of the `taken` runs, which are sorted. Most
 * characters of a source text are not looked at: a run of 24 shows at its 24th, or there is none before it.
 */
export function findBlobs(text: string, taken: readonly EncodedRun[]): EncodedRun[] {
  const found: EncodedRun[] = [];
  let nextTaken = 0;
  let at = 0;
  for (;;) {
    const start = nextLongRun(text, at);
    if (start === -1) return found;
    while (nextTaken < taken.length && taken[nextTaken]!.end <= start) nextTaken++;
    const other = taken[nextTaken];
    if (other !== undefined && other.start <= start) {
      at = other.end;
      continue;
    }
    const limit = other?.start ?? text.length;
    const end = runEnd(text, start + base64.fewestDigits, ALPHABET, limit);
    const run = blobIn(text, start, end);
    if (run !== undefined) found.push(run);
    at = Math.max(run?.end ?? end, start + 1);
  }
}

/** Start of the first run of the alphabet from `from` on that is long enough, or -1. `from` begins a run, or is in none. */
function nextLongRun(text: string, from: number): number {
  const needed = base64.fewestDigits;
  let start = from;
  let known = from;
  while (start + needed <= text.length) {
    let at = start + needed - 1;
    const until = known;
    known = at + 1;
    while (at >= until && isIn(text.charCodeAt(at), ALPHABET)) at--;
    if (at < until) return start;
    start = at + 1;
  }
  return -1;
}

/** Documentation puts these words into a token to say that it is none; random digits hold one in a million times. */
const standIn = /dummy|example|placeholder|redacted/i;
const mostBeginnings = 5;
const farthestBeginning = 64;

/** The blob in a run: at its start, or after a path's or a name's separator, which the alphabets have too. */
function blobIn(text: string, start: number, end: number): EncodedRun | undefined {
  let at = afterEscape(text, start);
  for (let tried = 0; tried < mostBeginnings; tried++) {
    if (end - at < base64.fewestDigits || at - start > farthestBeginning) return undefined;
    const run = blobAt(text, at, end);
    if (run !== undefined) return standIn.test(text.slice(start, at + 32)) ? undefined : run;
    at = afterSeparator(text, at, Math.min(end, start + farthestBeginning + 1));
  }
  return undefined;
}

function blobAt(text: string, start: number, end: number): EncodedRun | undefined {
  const from = text[start] === '0' && text[start + 1] === 'x' ? start + 2 : start;
  // What is all hex digits for so long is a hash or a key, and base64 by the rarest chance.
  const isHex = runEnd(text, from, HEX, end) - from >= hex.fewestDigits;
  return isHex ? readBlob(hex, text, from) : readBlob(base64, text, start);
}

/** The letter of `\n`, `\r` or `\t` is no digit. */
function afterEscape(text: string, start: number): number {
  return text[start - 1] === '\\' && 'nrt'.includes(text[start]!) ? start + 1 : start;
}

function afterSeparator(text: string, from: number, limit: number): number {
  for (let at = from; at < limit; at++) {
    if ('/-_+'.includes(text[at]!)) return at + 1;
  }
  return limit;
}
