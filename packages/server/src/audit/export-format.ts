import { decodeBase64, encodeBase64 } from './base64.ts';
import type { Json } from './canonical-json.ts';
import { MAX_DEPTH } from './canonical-json.ts';
import { parseCount } from './checkpoint.ts';
import { SALT_BYTES } from './commitment.ts';

/**
 * First line of an export. `size`: number of leaves; `key`: verifier key text of whoever signed last; `rotations`:
 * the note of each replacement of the key, oldest first, empty where there was none.
 */
export type ExportHeader = {
  readonly origin: string;
  readonly size: number;
  readonly key: string;
  readonly rotations?: readonly string[];
};

/**
 * One leaf to be written. `leafHash` 32 bytes, `salt` 16; private part and salt absent once erased, the skeleton once
 * the event was removed.
 */
export type ExportLeaf = {
  readonly index: number;
  readonly leafHash: Uint8Array;
  readonly skeleton?: Uint8Array;
  readonly privatePart?: Uint8Array;
  readonly salt?: Uint8Array;
};

/** A leaf line taken apart; texts are the exact substrings of the line. */
export type LeafLine = {
  readonly index: number;
  /** Base64 as written, not decoded. */
  readonly leaf: string;
  /** `removed` where the line ends after its leaf hash; undefined where what follows is not of the format. */
  readonly body?: LeafBody | 'removed';
};

export type LeafBody = {
  /** Where the event's text begins and ends in the line. */
  readonly start: number;
  readonly end: number;
  readonly event: Record<string, Json>;
  readonly private?: { readonly text: string; readonly value: Record<string, Json>; readonly salt: Buffer };
};

const LEAF_CHARACTERS = 44;

/** The header line of an export, with its newline: version 2 only where the key was ever replaced. */
export function exportHeader({ origin, size, key, rotations = [] }: ExportHeader): string {
  const version = rotations.length === 0 ? 1 : 2;
  const chain = rotations.length === 0 ? {} : { rotations };
  return `${JSON.stringify({ format: 'memhold-audit', version, origin, size, first: 0, key, ...chain })}\n`;
}

/** The line of a leaf, with its newline. The skeleton is embedded byte for byte, so that its hash holds. */
export function exportLeaf(leaf: ExportLeaf): Buffer {
  const { index, leafHash, skeleton, privatePart, salt } = leaf;
  const start = `{"index":${index},"leaf":"${encodeBase64(leafHash)}"`;
  if (skeleton === undefined) return Buffer.from(`${start}}\n`);
  const parts = [Buffer.from(`${start},"event":`), skeleton];
  if (privatePart !== undefined && salt !== undefined) {
    parts.push(Buffer.from(',"private":'), privatePart, Buffer.from(`,"salt":"${encodeBase64(salt)}"`));
  }
  parts.push(Buffer.from('}\n'));
  return Buffer.concat(parts);
}

/** The line of a signed checkpoint, with its newline; stands after the leaves that it covers. */
export function exportCheckpoint(note: string): string {
  return `${JSON.stringify({ checkpoint: note })}\n`;
}

/** Reads a header line (without newline). Undefined where it is not exactly what `exportHeader` writes. */
export function parseHeaderLine(line: string): ExportHeader | undefined {
  const { origin, size, key, rotations = [] } = parseObject(line) ?? {};
  if (typeof origin !== 'string' || typeof key !== 'string' || typeof size !== 'number') return undefined;
  if (!Array.isArray(rotations) || !rotations.every((note) => typeof note === 'string')) return undefined;
  const header = { origin, size, key, rotations };
  return parseCount(String(size)) !== undefined && exportHeader(header) === `${line}\n` ? header : undefined;
}

/** Reads a checkpoint line (without newline): the note. Undefined where it is not exactly as written. */
export function parseCheckpointLine(line: string): string | undefined {
  const note = parseObject(line)?.checkpoint;
  return typeof note === 'string' && exportCheckpoint(note) === `${line}\n` ? note : undefined;
}

/**
 * Takes a leaf line (without newline) apart by position, not by a JSON parser: a parser would accept a
 * second `event` key, or another order, and show another event than the one that is hashed.
 * Undefined where the line does not begin as a leaf line does.
 */
export function parseLeafLine(line: string): LeafLine | undefined {
  if (!line.startsWith('{"index":')) return undefined;
  const afterIndex = line.indexOf(',', 9);
  const index = parseCount(line.slice(9, Math.max(afterIndex, 9)));
  const leafStart = afterIndex + 9;
  const start = leafStart + LEAF_CHARACTERS + 10;
  if (index === undefined || !line.startsWith(',"leaf":"', afterIndex)) return undefined;
  const leafEnd = leafStart + LEAF_CHARACTERS;
  const leaf = line.slice(leafStart, leafEnd);
  if (line.length === leafEnd + 2 && line.endsWith('"}')) return { index, leaf, body: 'removed' };
  if (!line.startsWith('","event":', leafEnd)) return undefined;
  const body = parseBody(line, start);
  return body === undefined ? { index, leaf } : { index, leaf, body };
}

function parseBody(line: string, start: number): LeafBody | undefined {
  const end = objectEnd(line, start);
  const event = parseObject(line.slice(start, end));
  if (event === undefined) return undefined;
  if (end === line.length - 1 && line.endsWith('}')) return { start, end, event };
  if (!line.startsWith(',"private":', end)) return undefined;
  const privateStart = end + 11;
  const privateEnd = objectEnd(line, privateStart);
  const text = line.slice(privateStart, privateEnd);
  const value = parseObject(text);
  const [, encoded = ''] = /^,"salt":"([^"]*)"\}$/.exec(line.slice(privateEnd)) ?? [];
  const salt = decodeBase64(encoded, SALT_BYTES);
  if (value === undefined || salt === undefined) return undefined;
  return { start, end, event, private: { text, value, salt } };
}

/** Index after the bracket that closes the object which opens at `start`; `start` where there is none. */
function objectEnd(line: string, start: number): number {
  let depth = 0;
  if (line[start] !== '{') return start;
  for (let i = start; i < line.length; i++) {
    const code = line.charCodeAt(i);
    if (code === 0x22) {
      i = stringEnd(line, i);
      if (i < 0) return start;
    } else if (code === 0x7b || code === 0x5b) {
      if (++depth > MAX_DEPTH) return start;
    } else if (code === 0x7d || code === 0x5d) {
      if (--depth === 0) return i + 1;
    }
  }
  return start;
}

/** Index of the quote that closes the string which opens at `start`, or -1. */
function stringEnd(line: string, start: number): number {
  let end = start;
  for (;;) {
    end = line.indexOf('"', end + 1);
    let backslashes = 0;
    while (end > 0 && line.charCodeAt(end - 1 - backslashes) === 0x5c) backslashes++;
    if (end < 0 || backslashes % 2 === 0) return end;
  }
}

function parseObject(text: string): Record<string, Json> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, Json>;
  } catch {
    // Not JSON: the same as not an object.
  }
  return undefined;
}
