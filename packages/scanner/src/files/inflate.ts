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

/** Expands gzip data, of several members too, into at most `maximum` bytes. Never throws. */
export const gunzip = (bytes: Buffer, maximum: number): Inflated => inflate(gunzipSync, bytes, maximum);

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
