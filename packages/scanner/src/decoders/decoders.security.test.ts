import { describe, expect, it } from 'vitest';
import { scan } from '../scan.ts';
import { makeTokens } from '../testing/tokens.ts';
import { decodeText } from './layers.ts';

const tokens = makeTokens(42);
const base64 = (text: string) => Buffer.from(text).toString('base64');
const prose = 'What the reader sees here is plain text, and nothing else. ';

/** Of each character: it is looked at for each kind of encoding, and again to decode it. */
const mostReads = 40;

/** Like a string, but counts the characters that are looked at: a clock would say how busy the machine is. */
function counting(text: string): { text: string; reads: () => number } {
  let reads = 0;
  const limit = mostReads * text.length + 1000;
  const read = (count: number) => {
    reads += count;
    if (reads > limit) throw new Error(`looked at ${limit} characters of ${text.length}`);
  };
  const methods: Record<string, unknown> = {
    charCodeAt(at: number) {
      read(1);
      return text.charCodeAt(at);
    },
    slice(start: number, end: number = text.length) {
      read(Math.max(0, Math.min(end, text.length) - start));
      return text.slice(start, end);
    },
    indexOf(what: string, from = 0) {
      const at = text.indexOf(what, from);
      read((at === -1 ? text.length : at) - from);
      return at;
    },
    // A sticky regex asks for the whole and looks at a few.
    toString() {
      read(1);
      return text;
    },
  };
  const proxy = new Proxy(new String(text), {
    get(target, key) {
      if (key === 'length') return text.length;
      if (typeof key === 'symbol') return key === Symbol.toPrimitive ? () => text : Reflect.get(target, key);
      if (/^-?\d+$/.test(key)) {
        read(1);
        return text[Number(key)];
      }
      const method = methods[key];
      if (method === undefined) throw new Error(`text.${key} is not counted`);
      return method;
    },
  });
  return { text: proxy as unknown as string, reads: () => reads };
}

const nested = (size: number, times: number) => {
  let text = prose.repeat(Math.ceil(size / prose.length));
  for (let i = 0; i < times; i++) text = base64(text);
  return text.slice(0, size);
};
const repeated = (unit: string) => (size: number) =>
  unit.repeat(Math.ceil(size / unit.length)).slice(0, size);
const hostile: Record<string, (size: number) => string> = {
  'escaped percent signs': repeated('%25'),
  'escaped escapes': repeated('%252525'),
  'unicode escapes': repeated('\\u0041'),
  'unicode escapes of backslashes': repeated('\\u005cu005cu0041'),
  'beginnings of escapes': repeated('\\u'),
  'openings of braces': repeated('\\u{'),
  backslashes: repeated('\\'),
  entities: repeated('&quot;'),
  'entities without end': repeated('&#1234567'),
  'words of one escape': repeated('abcdefghijklm%2Bnopqrstuvwxyz and more words '),
  'short words of one escape': repeated('abc%2Bdef '),
  'one escape in a long word': (size) => `${'a'.repeat(size / 2)}%2B${'a'.repeat(size / 2)}`,
  'base64 in escapes': repeated(`${base64(prose)}%3D%3D `),
  'escapes of other letters': repeated('\\u4f60'),
  base64: (size) => nested(size, 1),
  'base64 of base64': (size) => nested(size, 2),
  'base64 of base64 of base64': (size) => nested(size, 3),
  'base64 over lines': (size) => nested(size, 1).replace(/.{64}/g, '$&\n'),
  'base64 over lines of other lengths': (size) => nested(size, 1).replace(/.{64}(.{60})?/g, '$&\n'),
  'base64 in quoted lines': (size) => nested(size, 1).replace(/.{64}/g, '$&\n> '),
  'base64 in words': (size) => nested(size, 1).replace(/.{64}/g, '$& '),
  'base64 before marks': (size) => nested(size, 1).replace(/.{64}/g, `$&\n${'> '.repeat(40)}`),
  'base64 before names': (size) => nested(size, 1).replace(/.{64}/g, `$&\n${'a'.repeat(60)}`),
  'base64 in joined literals': (size) => nested(size, 1).replace(/.{64}/g, '$&" +\n "'),
  'base64 that is text now and then': repeated(`${base64('0123456789abcdefghi')}////`),
  'random digits': (size) => tokens.body(size),
  'one digit': repeated('A'),
  paths: repeated('/aaaa/bbbb-cccc_dddd+eeee/ffff'),
  'runs that are just long enough': repeated(`${'a'.repeat(24)} `),
  'runs that are just too short': repeated(`${'a'.repeat(23)} `),
  hex: repeated('41'),
  hashes: repeated(`${tokens.hex(64)}\n`),
  'lists of bytes': repeated('0x41, '),
  'lists of other bytes': repeated('0x00, '),
  'lists of blanks': repeated(`0x41${' '.repeat(70)}`),
  'beginnings of bytes': repeated('0x'),
};

describe('decoding hostile text is linear', () => {
  it.each(Object.entries(hostile))('%s', (_name, make) => {
    const cost = (size: number) => {
      const { text, reads } = counting(make(size));
      const { whole, lines } = decodeText(text);
      for (const layers of [whole, lines]) for (const layer of layers) void layer.text;
      return reads();
    };
    const size = 8192;
    const small = cost(size);
    expect(cost(4 * size)).toBeLessThan(4.4 * small + 2000);
  });

  it.each(Object.entries(hostile))('%s: three layers, none longer than the text', (_name, make) => {
    const text = make(16_384);
    const { whole, lines } = decodeText(text);
    for (const layers of [whole, lines]) {
      const lengths = [...layers].map((layer) => layer.text.length);
      expect(lengths.length).toBeLessThanOrEqual(3);
      for (const length of lengths) expect(length).toBeLessThanOrEqual(text.length);
    }
  });

  it('looks at a picture only as far as its first bytes', () => {
    const picture = `iVBORw0KGgo${tokens.body(30_000)}`;
    const { text, reads } = counting(picture);
    expect([...decodeText(text).whole]).toEqual([]);
    expect(reads()).toBeLessThan(picture.length * 10);
  });
});

describe('thousands of findings in one blob', () => {
  it('are found at their own places', () => {
    const addresses = Array.from({ length: 2000 }, () => tokens.email());
    const text = base64(addresses.join('\n'));
    const findings = scan(text);
    expect(findings.length).toBeGreaterThan(1900);
    for (const { start, end } of findings.slice(-20)) {
      const span = Buffer.from(text.slice(start, end), 'base64').toString();
      expect(addresses.some((address) => span.includes(address))).toBe(true);
    }
  });
});
