import { afterAll, afterEach, beforeEach } from 'vitest';
import { Clone } from './clone.ts';

/** Gives each test of a file a clone of its own, and says at the end how many pushes were played. */
export function eachWithAClone(begin: (clone: Clone) => void): void {
  let clone: Clone;
  let situations = 0;
  beforeEach(() => {
    clone = new Clone();
    begin(clone);
  });
  afterEach(() => {
    clone.remove();
    situations++;
  });
  afterAll(() => {
    console.log(`${situations} push situations`);
  });
}
