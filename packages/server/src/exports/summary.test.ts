import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { summarise } from './summary.ts';

const told = (...texts: string[]) =>
  texts.map((text, i) => ({ id: `m${String(i).padStart(4, '0')}`, text, createdAt: i }));

describe('a summary', () => {
  it('tells what most memories tell, each thing once, oldest first', () => {
    const memories = told('It rained', 'Ann keeps bees in Oslo', 'Ann sells honey in Oslo');
    const { summary, ids } = summarise(memories, 52);
    expect(summary).toBe('- Ann keeps bees in Oslo\n- Ann sells honey in Oslo');
    expect(ids).toEqual(['m0001', 'm0002']);
    // The same in any room: what is left over is told too, where it fits.
    expect(summarise(memories, 2000).ids).toEqual(['m0000', 'm0001', 'm0002']);
  });

  it('does not say the same twice, however much room there is', () => {
    expect(summarise(told('Ann keeps bees', 'ann KEEPS bees', 'ANN keeps bees'), 2000).ids).toEqual([
      'm0002',
    ]);
  });

  it('cuts a long memory, at no half of a character', () => {
    const { summary } = summarise(told(`bees ${'😀'.repeat(400)}`), 2000);
    expect(summary.endsWith('…')).toBe(true);
    expect(summary.length).toBeLessThan(410);
    expect(summary.isWellFormed()).toBe(true);
  });

  it('is one line a memory, and never longer than it may be', () => {
    const texts = fc.array(fc.string({ maxLength: 900, unit: 'grapheme' }), { maxLength: 40 });
    fc.assert(
      fc.property(texts, fc.integer({ min: 0, max: 2000 }), (given, most) => {
        const memories = told(...given);
        const { summary, ids } = summarise(memories, most);
        expect(summary.length).toBeLessThanOrEqual(most);
        expect(ids).toHaveLength(summary === '' ? 0 : summary.split('\n').length);
        expect(summarise(memories.toReversed(), most)).toEqual({ summary, ids });
      }),
      { numRuns: 200 },
    );
  });
});
