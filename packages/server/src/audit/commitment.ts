import { hash } from 'node:crypto';

/** Bytes of a salt. */
export const SALT_BYTES = 16;

const BLOCK_BYTES = 64;
/** A code unit of JavaScript's text takes at most three bytes of UTF-8. */
const UTF8_PER_UNIT = 3;
const LARGEST_KEPT_SCRATCH = 65_536;

const outer = Buffer.alloc(BLOCK_BYTES + 32);
let inner = Buffer.alloc(4096);

/**
 * HMAC-SHA256(salt, message) in lower-case hex: commits to `message` (bytes, or text as UTF-8) without telling
 * anything about it to whoever has not the salt (RFC 2104; the salt is at most 64 bytes, else RangeError).
 *
 * Two one-shot hashes over reused buffers, because createHmac with a fresh key costs ten times as much.
 */
export function commit(salt: Uint8Array, message: Uint8Array | string): string {
  if (salt.length > BLOCK_BYTES) throw new RangeError(`a salt has at most ${BLOCK_BYTES} bytes`);
  const most = BLOCK_BYTES + (typeof message === 'string' ? message.length * UTF8_PER_UNIT : message.length);
  const scratch = most <= inner.length ? inner : Buffer.allocUnsafe(most);
  if (most <= LARGEST_KEPT_SCRATCH) inner = scratch;
  for (let i = 0; i < BLOCK_BYTES; i++) {
    const byte = i < salt.length ? salt[i]! : 0;
    scratch[i] = byte ^ 0x36;
    outer[i] = byte ^ 0x5c;
  }
  let size = most;
  if (typeof message === 'string') size = BLOCK_BYTES + scratch.write(message, BLOCK_BYTES);
  else scratch.set(message, BLOCK_BYTES);
  outer.write(hash('sha256', scratch.subarray(0, size), 'binary'), BLOCK_BYTES, 'latin1');
  const commitment = hash('sha256', outer, 'hex');
  // Private text must not outlive its erasure in a buffer.
  scratch.fill(0, 0, size);
  outer.fill(0);
  return commitment;
}
