import { describe, expect, it } from 'vitest';
import { decode, isBinary, readings } from './decode.ts';

/** UTF-32 with a mark; Node does not write it. */
const wide = (text: string, isBig: boolean) =>
  Buffer.concat(
    [...`\ufeff${text}`].map((character) => {
      const unit = Buffer.alloc(4);
      unit.writeUInt32BE(character.codePointAt(0)!);
      return isBig ? unit : unit.reverse();
    }),
  );
const swapped = (text: string) => Buffer.from(text, 'utf16le').swap16();

describe('decode', () => {
  it.each([
    ['UTF-8', Buffer.from('schlüssel 密钥'), 'schlüssel 密钥', 'utf-8'],
    ['UTF-8 with a mark', Buffer.from('\ufeffkey'), 'key', 'utf-8'],
    ['UTF-16 LE with a mark', Buffer.from('\ufeffkey 密', 'utf16le'), 'key 密', 'utf-16le'],
    ['UTF-16 BE with a mark', swapped('\ufeffkey 密'), 'key 密', 'utf-16be'],
    ['UTF-32 LE with a mark', wide('key 密🔑', false), 'key 密🔑', 'utf-32le'],
    ['UTF-32 BE with a mark', wide('key 密🔑', true), 'key 密🔑', 'utf-32be'],
    ['latin-1', Buffer.from('schl\xfcssel', 'latin1'), 'schlüssel', 'latin-1'],
    ['nothing', Buffer.alloc(0), '', 'utf-8'],
    ['half a UTF-16 unit', swapped('\ufeffab').subarray(0, 5), 'a', 'utf-16be'],
  ])('reads %s', (_name, bytes, text, encoding) => {
    expect(isBinary(bytes)).toBe(false);
    expect(decode(bytes)).toEqual({ text, encoding });
  });

  it('calls bytes with a NUL at their start binary, and with one far inside text', () => {
    expect(isBinary(Buffer.from('ELF\0rest'))).toBe(true);
    expect(isBinary(Buffer.from(`${'a'.repeat(9000)}\0`))).toBe(false);
    expect(isBinary(Buffer.from('key', 'utf16le'))).toBe(true);
  });

  it('calls a marked text with a NUL character binary', () => {
    expect(isBinary(Buffer.from('\ufeffa\0b', 'utf16le'))).toBe(true);
    expect(isBinary(wide('a\0b', false))).toBe(true);
  });

  it.each(['fffe', 'feff', '0000feff'])('reads plain bytes behind a wrong mark (%s) too', (mark) => {
    const plain = Buffer.concat([Buffer.from(mark, 'hex'), Buffer.from('key = 0123456789abc')]);
    expect(readings(plain).map(({ text }) => text.includes('0123456789abc'))).toContain(true);
    const mixed = Buffer.concat([
      Buffer.from('\ufeffwords\n', 'utf16le'),
      Buffer.from('key = 0123456789abc'),
    ]);
    expect(readings(mixed)).toHaveLength(2);
    expect(readings(Buffer.from('\ufeffwords of a text, 密钥和文字', 'utf16le'))).toHaveLength(1);
    expect(readings(Buffer.from('words of a text'))).toHaveLength(1);
  });

  it('makes what is no character of UTF-32 one that stands for it', () => {
    const broken = Buffer.concat([wide('a', false), Buffer.alloc(4, 0xff), Buffer.from([0x61])]);
    expect(decode(broken).text).toBe('a\ufffd');
  });
});
