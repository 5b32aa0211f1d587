import { describe, expect, it } from 'vitest';
import { CUE, cuesOf } from './cues.ts';

describe('cuesOf', () => {
  it('sees a question, also before an annotation on its own line', () => {
    expect(cuesOf('Have you seen it? ').cues & CUE.asks).toBeTruthy();
    expect(cuesOf('Have you seen it?\n[a photo of a boat]').cues & CUE.asks).toBeTruthy();
    expect(cuesOf('Who knows? I do.').cues & CUE.asks).toBe(0);
  });

  it.each(['Always use metric units.', 'I’d prefer an aisle seat', 'Please avoid nuts', "I don't like jazz"])(
    'sees a standing instruction or preference in "%s"',
    (text) => {
      expect(cuesOf(text).cues & CUE.instructs).toBeTruthy();
    },
  );

  it('counts words of the first person, whatever their case', () => {
    expect(cuesOf('I told my sister that We own it myself')).toEqual({ cues: 0, firstPerson: 4 });
  });
});
