import { randomFillSync } from 'node:crypto';

const pool = Buffer.allocUnsafeSlow(8192);
let used = pool.length;

/**
 * Copies `length` (≤ 64) fresh random bytes into `target` at `offset`.
 * Drawn from a pool, because one call to the system's generator per nonce costs more than sealing a memory.
 * Bytes are wiped from the pool as they are handed out.
 */
export function fillRandom(target: Uint8Array, offset: number, length: number): void {
  if (used + length > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  target.set(pool.subarray(used, used + length), offset);
  pool.fill(0, used, used + length);
  used += length;
}

/** `length` fresh random bytes of their own. */
export function randomBytes(length: number): Buffer {
  return randomFillSync(Buffer.alloc(length));
}
