import { constants, gunzipSync, inflateRawSync } from 'node:zlib';
import type { SkipReason } from './place.ts';

/** Expanded bytes, with what was wrong: the part before a break is returned too, because it can be scanned. */
export interface Inflated {
  readonly bytes?: Buffer;
  readonly problem?: SkipReason;
}

type Inflate = (bytes: Buffer, options: { maxOutputLength: number; finishFlush: number }) => Buffer;

/** Expands the deflate stream of a zip member into at most `maximum` bytes. Never throws. */
export const inflateMember = (bytes: Buffer, maximum: number): Inflated =>
  inflate(inflateRawSync, bytes, maximum);

/** Each such padding costs a start of the decoder, and a tape has one. */
const mostPaddings = 100;

/** Expands gzip data, of several members too, into at most `maximum` bytes. Never throws. */
export function gunzip(bytes: Buffer, maximum: number): Inflated {
  let consumed = 0;
  const expand: Inflate = (part, options) => {
    const told = gunzipSync(part, { ...options, info: true }) as unknown as Told;
    consumed = told.engine.bytesWritten;
    return told.buffer;
  };
  const pieces: Buffer[] = [];
  let rest = bytes;
  let left = maximum;
  for (let i = 0; i <= mostPaddings; i++) {
    const { bytes: piece, problem } = inflate(expand, rest, left);
    if (piece !== undefined) pieces.push(piece);
    if (problem !== undefined) return { ...(pieces.length > 0 && { bytes: Buffer.concat(pieces) }), problem };
    left -= piece?.length ?? 0;
    rest = withoutPadding(rest.subarray(consumed));
    if (rest.length === 0) return { bytes: pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces) };
  }
  return { bytes: Buffer.concat(pieces), problem: 'broken-archive' };
}

interface Told {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

/** Node takes zeros behind a member as the end; other readers pass over them to the next member. */
function withoutPadding(bytes: Buffer): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0);
  return start === -1 ? bytes.subarray(bytes.length) : bytes.subarray(start);
}

function inflate(expand: Inflate, bytes: Buffer, maximum: number): Inflated {
  if (maximum <= 0) return { problem: 'archive-too-large' };
  try {
    return { bytes: expand(bytes, { maxOutputLength: maximum, finishFlush: constants.Z_FINISH }) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') return { problem: 'archive-too-large' };
    // The end is missing: what came before it is still worth reading.
    if (code === 'Z_BUF_ERROR') return { ...partOf(expand, bytes, maximum), problem: 'broken-archive' };
    return { problem: 'broken-archive' };
  }
}

function partOf(expand: Inflate, bytes: Buffer, maximum: number): Inflated {
  try {
    return { bytes: expand(bytes, { maxOutputLength: maximum, finishFlush: constants.Z_SYNC_FLUSH }) };
  } catch {
    return {};
  }
}
