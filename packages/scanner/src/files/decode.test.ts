import { describe, expect, it } from 'vitest';
import { decode, isBinary } from './decode.ts';

const swapped = (text: string) => Buffer.from(text, 'utf16le').swap16();

describe('decode', () => {
  it.each([
    ['UTF-8', Buffer.from('schlüssel 密钥'), 'schlüssel 密钥', 'utf-8'],
    ['UTF-8 with a mark', Buffer.from('\ufeffkey'), 'key', 'utf-8'],
    ['UTF-16 LE with a mark', Buffer.from('\ufeffkey 密', 'utf16le'), 'key 密', 'utf-16le'],
    ['UTF-16 BE with a mark', swapped('\ufeffkey 密'), 'key 密', 'utf-16be'],
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
});
