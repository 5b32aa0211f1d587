import { setFlagsFromString } from 'node:v8';

/**
 * Keeps the space for young objects at the size that it has. A scan makes texts and throws them away, and V8 answers
 * with more and more room for them, up to 128 MB on large machines, which makes no scan faster. Of this process only.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}
