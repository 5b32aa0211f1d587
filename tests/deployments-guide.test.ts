import { afterAll, describe, expect, test } from 'vitest';
import { Guide } from './guide.ts';

const guide = new Guide('docs/operations/deployments.md');
afterAll(() => guide.stop());

describe.skipIf(process.platform === 'win32')('docs/operations/deployments.md works as printed', () => {
  for (const chapter of guide.printed) test(chapter.title, () => guide.run(chapter));

  test('all of it', () => {
    expect(guide.blocks).toBeGreaterThan(8);
    expect(guide.compared).toBeGreaterThan(6);
  });
});
