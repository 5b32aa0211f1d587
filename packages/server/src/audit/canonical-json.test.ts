import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from './canonical-json.ts';
import { canonicalJson, MAX_DEPTH } from './canonical-json.ts';

describe('canonical JSON', () => {
  it('sorts keys by UTF-16 code units and prints numbers as ECMAScript does', () => {
    expect(
      canonicalJson({ b: 1, a: [1e21, -0, 0.1, 1e-7], '\u20ac': null, '10': true, '2': 'x', A: undefined }),
    ).toBe('{"10":true,"2":"x","a":[1e+21,0,0.1,1e-7],"b":1,"\u20ac":null}');
  });

  it('means the same as the value, and is its own canonical form', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        const text = canonicalJson(value as Json);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value).replace(/-0(?=[,}\]]|$)/g, '0')));
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
      { numRuns: 200 },
    );
  });

  it('keeps hostile strings on one plain line, and replaces lone surrogates', () => {
    const hostile = 'a\r\nb\x1b[31m\0\x9b\x7f\u2028\u2029\u202e\u2066\ufeff\u200b\ud800z"\\';
    const text = canonicalJson({ [hostile]: hostile });
    expect(text).not.toMatch(/[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066\ufeff\u200b\ud800]/);
    expect(JSON.parse(text)).toEqual({ [hostile.toWellFormed()]: hostile.toWellFormed() });
  });

  it('is canonical again where replaced keys change the order or collide', () => {
    const text = canonicalJson({ '\ud800': 1, '\ue000': 2, '\udc00': 3, __proto__x: 4, ['__proto__']: 5 });
    expect(canonicalJson(JSON.parse(text))).toBe(text);
    expect(text).toBe('{"__proto__":5,"__proto__x":4,"\ue000":2,"\ufffd":3}');
  });

  it('refuses what JSON cannot hold, and cycles', () => {
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    const bad = [
      Number.NaN,
      Number.POSITIVE_INFINITY,
      1n,
      Symbol('x'),
      undefined,
      [undefined],
      () => 1,
      cycle,
    ];
    for (const value of bad) expect(() => canonicalJson(value as Json)).toThrow(TypeError);
    const nested = (depth: number) => JSON.parse('['.repeat(depth) + ']'.repeat(depth)) as Json;
    expect(canonicalJson(nested(MAX_DEPTH))).toHaveLength(2 * MAX_DEPTH);
    expect(() => canonicalJson(nested(MAX_DEPTH + 1))).toThrow(TypeError);
  });
});
