import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeVerifierKey, type Signer, signNote } from '../note.ts';
import { newSigner, ORIGIN } from '../sample-export.fixture.ts';
import { KeyChain } from './key-chain.ts';
import { openRotation, RotationError, signRotation } from './rotation-note.ts';

const signers = Array.from({ length: 4 }, () => newSigner());
const [a, b, c, d] = signers as [Signer, Signer, Signer, Signer];
const sizes = [12, 13, 40];
const note = (size: number, from: Signer, to: Signer, origin = ORIGIN) =>
  signRotation({ origin, size, time: 5 }, from, to);
const notes = [note(12, a, b), note(13, b, c), note(40, c, d)];

describe('a rotation note', () => {
  it('is a C2SP note with six lines and two signatures', () => {
    expect(openRotation(notes[0]!)).toEqual({
      origin: ORIGIN,
      size: 12,
      oldKey: expect.objectContaining({ id: a.id }),
      newKey: expect.objectContaining({ id: b.id }),
      time: 5,
    });
    const [text, signatures] = notes[0]!.split('\n\n');
    expect(text!.split('\n')).toEqual([
      ORIGIN,
      'key rotation',
      '12',
      encodeVerifierKey(a),
      encodeVerifierKey(b),
      'time 5',
    ]);
    expect(signatures!.trimEnd().split('\n')).toHaveLength(2);
  });

  it('does not open with one signature, or one by somebody else', () => {
    const [text] = notes[0]!.split('\n\n');
    for (const by of [[a], [b], [a, c], [c, d], [a, a]] as [Signer, ...Signer[]][])
      expect(() => openRotation(signNote(`${text}\n`, ...by))).toThrow(RotationError);
    expect(openRotation(signNote(`${text}\n`, b, a, c)).size).toBe(12);
  });

  it('does not open with any byte changed', () => {
    const bytes = Buffer.from(notes[0]!);
    let refused = 0;
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1;
      expect(() => openRotation(changed.toString()), `byte ${at}`).toThrow(RotationError);
      refused++;
    }
    expect(refused).toBe(bytes.length);
  });

  it('never throws anything else, whatever it is given', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `${text}\n\n— x AAAA\n`),
        ),
        (text) => {
          expect(() => openRotation(text)).toThrow(RotationError);
        },
      ),
    );
  });
});

describe('the chain of keys', () => {
  const chain = KeyChain.open(ORIGIN, d, notes);

  it('knows which key signs which sizes', () => {
    const expected = (size: number) => signers[sizes.filter((one) => one < size).length]!;
    for (let size = 0; size <= 50; size++)
      expect(chain.signerOf(size).id.equals(expected(size).id), `size ${size}`).toBe(true);
    expect(chain.newest).toBe(d);
    expect(signers.map((signer) => chain.indexOf(signer))).toEqual([0, 1, 2, 3]);
    expect(chain.indexOf(newSigner())).toBe(-1);
    expect(KeyChain.ofNotes(notes).keys).toHaveLength(4);
    expect(KeyChain.of(a).signerOf(1e9)).toBe(a);
  });

  const again = newSigner();
  const elsewhere = newSigner('elsewhere');
  it.each<[string, Signer, string[]]>([
    ['a note is missing', d, [notes[0]!, notes[2]!]],
    ['two are swapped', d, [notes[1]!, notes[0]!, notes[2]!]],
    ['one is repeated', d, [notes[0]!, notes[0]!, notes[1]!, notes[2]!]],
    ['it ends with another key', c, notes],
    ['the last note is missing', d, notes.slice(0, 2)],
    ['a size goes back', c, [note(12, a, b), note(11, b, c)]],
    ['two keys sign one size', c, [note(12, a, b), note(12, b, c)]],
    ['it is of another log', b, [note(12, a, b, 'other')]],
    ['a key has another name', elsewhere, [note(12, a, elsewhere)]],
    ['a key comes back', a, [note(12, a, again), note(13, again, a)]],
    ['a key replaces itself', a, [note(12, a, a)]],
    ['a note is none', b, ['']],
  ])('does not open where %s', (_, newest, rotations) => {
    expect(() => KeyChain.open(ORIGIN, newest, rotations)).toThrow(RotationError);
  });

  it('does not follow a chain without end', () => {
    const many = Array.from({ length: 10_001 }, () => notes[0]!);
    expect(() => KeyChain.open(ORIGIN, b, many)).toThrow(/more than 10000 times/);
  });
});
