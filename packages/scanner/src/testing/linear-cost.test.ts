import { expect, it } from 'vitest';
import { isLinear } from './linear-cost.ts';

function countPairs(text: string): number {
  let pairs = 0;
  for (let i = 0; i < text.length; i++) for (let j = 0; j < i; j++) pairs += text.charCodeAt(j) & 1;
  return pairs;
}

it('tells what is linear from what is quadratic', () => {
  expect(isLinear((text) => text.replace(/[a-m]/g, (letter) => letter.toUpperCase()), 'ab', 12_288)).toBe(
    true,
  );
  expect(isLinear(countPairs, 'ab', 3000)).toBe(false);
});
