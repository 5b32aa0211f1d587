import { validate, version } from 'uuid';
import { expect, it } from 'vitest';
import { newId } from './ids.ts';

it('ids are version 7, all different, and in the order in which they were made', () => {
  const ids = Array.from({ length: 20_000 }, newId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.toSorted()).toEqual(ids);
  expect(ids.every((id) => validate(id) && version(id) === 7)).toBe(true);
});
