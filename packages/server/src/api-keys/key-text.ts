import { hash, timingSafeEqual } from 'node:crypto';
import { randomBytes } from '../encryption/randomness.ts';

const ID_ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789';
const SECRET_ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ID_LENGTH = 12;
/** 43 letters of 62 hold 256 bits, as 32 random bytes do; a double click selects all of them. */
const SECRET_LENGTH = 43;
const KEY = /^mh_([a-km-np-z2-9]{12})_[0-9A-Za-z]{43}$/;

/** `mh_<id>_<secret>`; the id is public, the secret is kept by nobody but its owner. */
export interface KeyText {
  id: string;
  text: string;
}

function letters(alphabet: string, length: number): string {
  // Bytes beyond the last whole multiple would make some letters likelier than others.
  const fair = 256 - (256 % alphabet.length);
  let made = '';
  while (made.length < length)
    for (const byte of randomBytes(64))
      if (byte < fair && made.length < length) made += alphabet[byte % alphabet.length];
  return made;
}

/** A new key, or a new secret for the key of an id. */
export function newKeyText(id = letters(ID_ALPHABET, ID_LENGTH)): KeyText {
  return { id, text: `mh_${id}_${letters(SECRET_ALPHABET, SECRET_LENGTH)}` };
}

/** The id in a key's text; undefined when it is not in the form of a key. */
export function keyIdOf(text: string): string | undefined {
  return KEY.exec(text)?.[1];
}

/** SHA-256 is enough for 256 random bits: there is nothing to guess that a slow hash would slow down. */
export function keyDigest(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}

export function isDigestOf(stored: Uint8Array, shown: Uint8Array): boolean {
  return shown.length === stored.length && timingSafeEqual(shown, stored);
}
