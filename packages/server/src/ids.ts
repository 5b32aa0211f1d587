import { v7 } from 'uuid';
import { fillRandom } from './encryption/randomness.ts';

const random = new Uint8Array(16);
const view = new DataView(random.buffer);
let last = 0;
let sequence = 0;

/**
 * A new UUID version 7 (RFC 9562), greater than every one before it in this process: listings show what was added
 * together in its order. Randomness comes from the pool; the library asks the system for each id, at 10 µs a time.
 */
export function newId(): string {
  fillRandom(random, 0, random.length);
  const now = Date.now();
  if (now > last) {
    last = now;
    // Room to count up in, however many ids one millisecond needs.
    sequence = view.getUint32(0) >>> 2;
  } else sequence++;
  return v7({ random, msecs: last, seq: sequence });
}
