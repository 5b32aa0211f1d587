import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidPushInput, parseRefUpdates } from './ref-updates.ts';

const A = 'a'.repeat(40);
const B = 'b'.repeat(40);
const ZERO = '0'.repeat(40);

describe('the lines that git hands to its pre-push hook', () => {
  it('are updates, new refs and deletions, each with its ids', () => {
    const input = [
      `refs/heads/main ${A} refs/heads/main ${B}`,
      `HEAD ${A} refs/heads/new ${ZERO}`,
      `(delete) ${ZERO} refs/heads/old ${B}`,
      '',
    ].join('\n');
    expect(parseRefUpdates(input)).toEqual([
      { localRef: 'refs/heads/main', localId: A, remoteRef: 'refs/heads/main', remoteId: B },
      { localRef: 'HEAD', localId: A, remoteRef: 'refs/heads/new', remoteId: undefined },
      { localRef: '(delete)', localId: undefined, remoteRef: 'refs/heads/old', remoteId: B },
    ]);
  });

  it('may name the local side by a date, which has spaces', () => {
    const [update] = parseRefUpdates(`HEAD@{2 days ago} ${A} refs/heads/main ${ZERO}\n`);
    expect(update).toMatchObject({ localRef: 'HEAD@{2 days ago}', localId: A });
  });

  it('may have ids of SHA-256', () => {
    const long = 'c'.repeat(64);
    expect(parseRefUpdates(`HEAD ${long} refs/heads/x ${'0'.repeat(64)}\n`)[0]).toMatchObject({
      localId: long,
    });
  });

  it.each([
    ['one that is cut', `HEAD ${A} refs/heads/x ${ZERO}`],
    ['an empty one', `HEAD ${A} refs/heads/x ${ZERO}\n\n`],
    ['too few fields', `HEAD ${A} refs/heads/x\n`],
    ['an id that is too short', `HEAD abc refs/heads/x ${ZERO}\n`],
    ['an id that is none', `HEAD ${'g'.repeat(40)} refs/heads/x ${ZERO}\n`],
    ['a carriage return at its end', `HEAD ${A} refs/heads/x ${ZERO}\r\n`],
  ])('are refused whole for %s', (_, input) => {
    expect(() => parseRefUpdates(input)).toThrow(InvalidPushInput);
  });

  it('are read or refused, and nothing between, whatever comes', () => {
    const line = fc.oneof(fc.string(), fc.constant(`HEAD ${A} refs/heads/x ${ZERO}`));
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const input = lines.map((text) => `${text}\n`).join('');
        try {
          expect(parseRefUpdates(input)).toHaveLength(input.split('\n').length - 1);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidPushInput);
        }
      }),
    );
  });
});
