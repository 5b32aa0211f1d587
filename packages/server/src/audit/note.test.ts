import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { NoteError } from './note.ts';
import {
  createSigner,
  createVerifier,
  encodeVerifierKey,
  openNote,
  parseVerifierKey,
  rawPublicKey,
  signNote,
} from './note.ts';

const newSigner = (name: string) => createSigner(name, generateKeyPairSync('ed25519').privateKey);
const code = (action: () => unknown) => {
  try {
    action();
  } catch (error) {
    return (error as NoteError).code;
  }
  return 'accepted';
};

describe('signed notes', () => {
  const signer = newSigner('memhold.example/log');
  const text = 'first line\n\nthird line, é\n';
  const note = signNote(text, signer);

  it("opens the example of Go's note package", () => {
    const go =
      "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n" +
      '\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';
    // memhold:allow generic-assignment -- a public key
    const key = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
    const opened = openNote(go, [parseVerifierKey(key)]);
    expect(opened.verifiedBy.map(encodeVerifierKey)).toEqual([key]);
  });

  it('opens what it signed and ends the text at the last blank line', () => {
    expect(openNote(note, [newSigner('other'), signer])).toEqual({ text, verifiedBy: [signer] });
  });

  it('ignores unknown signatures, and refuses a note whose known signature is wrong', () => {
    const witness = newSigner('witness');
    const line = signNote(text, witness).split('\n').at(-2);
    expect(openNote(`${note}${line}\n`, [witness]).verifiedBy).toEqual([witness]);
    const elsewhere = signNote('other\n', signer).split('\n').at(-2);
    expect(code(() => openNote(`${text}\n${line}\n${elsewhere}\n`, [witness, signer]))).toBe(
      'note-signature-invalid',
    );
    expect(code(() => openNote(note, [witness]))).toBe('note-unverified');
    expect(code(() => openNote(note, []))).toBe('note-unverified');
    expect(code(() => openNote(note, [newSigner(signer.name)]))).toBe('note-unverified');
  });

  it('refuses any changed byte', () => {
    const bytes = Buffer.from(note);
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1;
      expect(
        code(() => openNote(changed.toString(), [signer])),
        `byte ${at}`,
      ).not.toBe('accepted');
    }
  });

  it('refuses what is not a note', () => {
    const bad = [
      '',
      '\n',
      'text\n',
      'text',
      '\n\n',
      note.slice(0, -1),
      `${note}\n`,
      `${note}x\n`,
      note.replace('\u2014', '-'),
    ];
    for (const each of bad)
      expect(
        code(() => openNote(each, [signer])),
        JSON.stringify(each),
      ).toBe('note-malformed');
    for (const each of ['no newline', 'tab\t\n', 'nul\0\n', 'cr\r\n', '\ud800\n']) {
      expect(
        code(() => signNote(each, signer)),
        JSON.stringify(each),
      ).toBe('note-malformed');
    }
  });
});

describe('verifier keys', () => {
  const signer = newSigner('memhold.example/log');
  const text = encodeVerifierKey(signer);

  it('come back from their text, and from raw bytes', () => {
    expect(encodeVerifierKey(parseVerifierKey(text))).toBe(text);
    expect(encodeVerifierKey(createVerifier(signer.name, rawPublicKey(signer.publicKey)))).toBe(text);
    expect(text).toMatch(/^memhold\.example\/log\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}$/);
  });

  it('are refused with another name, id, key or type', () => {
    const bad = [
      '',
      'a',
      `x${text}`,
      text.replace('+', '++'),
      text.slice(0, -1),
      `${text}=`,
      text.replace('+A', '+B'),
    ];
    for (const each of bad)
      expect(
        code(() => parseVerifierKey(each)),
        each,
      ).toBe('verifier-key-malformed');
    for (const name of ['', 'a b', 'a+b', 'a\nb', 'a\u00a0b', 'a\u2028b']) {
      expect(
        code(() => createVerifier(name, signer.publicKey)),
        name,
      ).toBe('verifier-key-malformed');
    }
    expect(code(() => createVerifier('a', new Uint8Array(31)))).toBe('verifier-key-malformed');
    expect(code(() => createVerifier('a', generateKeyPairSync('x25519').publicKey))).toBe(
      'verifier-key-malformed',
    );
  });
});
