import type { KeyObject } from 'node:crypto';
import { createPublicKey, sign, verify } from 'node:crypto';
import { decodeBase64, encodeBase64 } from './base64.ts';
import { equalBytes, sha256 } from './sha256.ts';

/** Signature type byte of Ed25519 in C2SP signed-note. */
const ED25519 = 0x01;
const KEY_BYTES = 32;
const KEY_ID_BYTES = 4;
const MAX_NOTE_CHARACTERS = 1_000_000;
const MAX_SIGNATURES = 100;
const SIGNATURE_LINE = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/;
const KEY_NAME = /^[^\s+\x00-\x1f\x7f]+$/;
const CONTROL_EXCEPT_NEWLINE = /[\x00-\x09\x0b-\x1f]/;

export type NoteErrorCode =
  | 'note-malformed'
  | 'note-unverified'
  | 'note-signature-invalid'
  | 'verifier-key-malformed';

/** A note, or a verifier key, that cannot be accepted. */
export class NoteError extends Error {
  override readonly name = 'NoteError';
  readonly code: NoteErrorCode;

  constructor(code: NoteErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Who can check notes: a key name and an Ed25519 public key. `id` is the 4-byte key id. */
export type Verifier = { readonly name: string; readonly id: Buffer; readonly publicKey: KeyObject };

/** Who can sign notes. */
export type Signer = Verifier & { readonly privateKey: KeyObject };

/** A note whose signature was checked. `text` ends with a newline; `verifiedBy` is never empty. */
export type OpenedNote = { readonly text: string; readonly verifiedBy: readonly Verifier[] };

/** The parts of a note, nothing checked yet. */
export type UnverifiedNote = {
  readonly text: string;
  readonly signatures: readonly { readonly name: string; readonly id: Buffer; readonly signature: Buffer }[];
};

/**
 * A verifier from a key name (no spaces, no `+`) and an Ed25519 public key: a KeyObject or its 32 raw
 * bytes. Throws NoteError `verifier-key-malformed`.
 */
export function createVerifier(name: string, key: KeyObject | Uint8Array): Verifier {
  if (!KEY_NAME.test(name) || !name.isWellFormed()) {
    throw new NoteError('verifier-key-malformed', 'a key name is not empty and has no spaces and no "+"');
  }
  const publicKey = key instanceof Uint8Array ? publicKeyFromRaw(key) : key;
  if (publicKey.type !== 'public' || publicKey.asymmetricKeyType !== 'ed25519') {
    throw new NoteError('verifier-key-malformed', 'the key is not an Ed25519 public key');
  }
  return { name, id: keyId(name, rawPublicKey(publicKey)), publicKey };
}

/** A signer from a key name and an Ed25519 private key. Throws NoteError `verifier-key-malformed`. */
export function createSigner(name: string, privateKey: KeyObject): Signer {
  return { ...createVerifier(name, createPublicKey(privateKey)), privateKey };
}

/** SHA-256(name ‖ "\n" ‖ 0x01 ‖ public key)[:4] (C2SP signed-note, "Signatures"). */
function keyId(name: string, raw: Uint8Array): Buffer {
  const id = sha256(Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(ED25519), raw]));
  return Buffer.from(id.subarray(0, KEY_ID_BYTES));
}

/** The 32 raw bytes (RFC 8032) of an Ed25519 public key. */
export function rawPublicKey(key: KeyObject): Buffer {
  return Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url');
}

function publicKeyFromRaw(raw: Uint8Array): KeyObject {
  if (raw.length !== KEY_BYTES) {
    throw new NoteError('verifier-key-malformed', `an Ed25519 public key has 32 bytes, not ${raw.length}`);
  }
  const x = Buffer.from(raw).toString('base64url');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}

/** `name+hex key id+base64(0x01 ‖ public key)`: the text form of a verifier, as Go's note package has it. */
export function encodeVerifierKey(verifier: Verifier): string {
  const key = Buffer.concat([Buffer.of(ED25519), rawPublicKey(verifier.publicKey)]);
  return `${verifier.name}+${verifier.id.toString('hex')}+${encodeBase64(key)}`;
}

/** Reads what `encodeVerifierKey` wrote. Throws NoteError `verifier-key-malformed`. */
export function parseVerifierKey(text: string): Verifier {
  const [, name = '', id = '', encoded = ''] = /^([^+]*)\+([0-9a-f]{8})\+(.+)$/.exec(text) ?? [];
  const key = decodeBase64(encoded, 1 + KEY_BYTES);
  if (key === undefined || key[0] !== ED25519) {
    throw new NoteError('verifier-key-malformed', 'not a verifier key of the form name+id+base64');
  }
  const verifier = createVerifier(name, key.subarray(1));
  if (verifier.id.toString('hex') !== id) {
    throw new NoteError('verifier-key-malformed', 'the key id does not belong to this name and key');
  }
  return verifier;
}

/**
 * Signs `text` (ends with a newline, no other control characters) into a note (C2SP signed-note), with one signature
 * line a signer. Throws NoteError `note-malformed` where the text cannot be a note.
 */
export function signNote(text: string, ...signers: readonly [Signer, ...Signer[]]): string {
  checkText(text);
  const lines = signers.map(({ name, id, privateKey }) => {
    const signature = sign(null, Buffer.from(text), privateKey);
    return `\u2014 ${name} ${encodeBase64(Buffer.concat([id, signature]))}\n`;
  });
  return `${text}\n${lines.join('')}`;
}

/** Takes a note apart without checking any signature. Throws NoteError `note-malformed`. */
export function parseNote(note: string): UnverifiedNote {
  if (note.length > MAX_NOTE_CHARACTERS) throw new NoteError('note-malformed', 'the note is too long');
  const split = note.lastIndexOf('\n\n');
  if (split < 0 || !note.endsWith('\n')) {
    throw new NoteError('note-malformed', 'the note has no blank line before its signatures, or was cut');
  }
  const text = note.slice(0, split + 1);
  checkText(text);
  const lines = note.slice(split + 2, -1).split('\n');
  if (lines.length > MAX_SIGNATURES)
    throw new NoteError('note-malformed', 'the note has too many signatures');
  const signatures = lines.map((line) => {
    const [, name = '', encoded = ''] = SIGNATURE_LINE.exec(line) ?? [];
    const bytes = decodeBase64(encoded);
    if (bytes === undefined || bytes.length <= KEY_ID_BYTES || !KEY_NAME.test(name)) {
      throw new NoteError('note-malformed', 'a signature line is not of the form "— name base64"');
    }
    return { name, id: bytes.subarray(0, KEY_ID_BYTES), signature: bytes.subarray(KEY_ID_BYTES) };
  });
  return { text, signatures };
}

/**
 * Checks a note against the keys that are trusted and returns its text. Signatures of unknown keys are
 * ignored; a wrong signature of a known key refuses the whole note (C2SP signed-note, "Signatures").
 * Throws NoteError: `note-malformed`, `note-signature-invalid`, or `note-unverified` where no known key
 * signed.
 */
export function openNote(note: string, verifiers: readonly Verifier[]): OpenedNote {
  const { text, signatures } = parseNote(note);
  const data = Buffer.from(text);
  const verifiedBy: Verifier[] = [];
  for (const { name, id, signature } of signatures) {
    const known = verifiers.find((verifier) => verifier.name === name && equalBytes(verifier.id, id));
    if (known === undefined || verifiedBy.includes(known)) continue;
    if (!verify(null, data, known.publicKey, signature)) {
      throw new NoteError('note-signature-invalid', `the signature of ${name} is not valid for this text`);
    }
    verifiedBy.push(known);
  }
  if (verifiedBy.length === 0) throw new NoteError('note-unverified', 'no trusted key signed this note');
  return { text, verifiedBy };
}

function checkText(text: string): void {
  if (!text.endsWith('\n') || CONTROL_EXCEPT_NEWLINE.test(text) || !text.isWellFormed()) {
    throw new NoteError('note-malformed', 'a note is Unicode text that ends with a newline');
  }
}
