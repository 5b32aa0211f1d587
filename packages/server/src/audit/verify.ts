import { createPublicKey } from 'node:crypto';
import { open } from 'node:fs/promises';
import { decodeBase64 } from './base64.ts';
import { LineSplitter } from './line-splitter.ts';
import type { Verifier } from './note.ts';
import { parseVerifierKey, rawPublicKey } from './note.ts';
import type { TrustAnchors } from './verify-log.ts';
import { LogVerifier } from './verify-log.ts';
import type { VerifyReport } from './verify-report.ts';

/** What the person who verifies brings along, got another way than with the export. */
export type VerifyOptions = {
  /** Verifier key text (`name+id+base64`), PEM, or base64 of the 32 raw bytes of an Ed25519 public key. */
  readonly key?: string;
  /** A signed checkpoint (C2SP signed note) kept from an earlier time. */
  readonly checkpoint?: string;
};

/** A key given by the caller that is none of the three accepted forms. */
export class VerifyKeyError extends Error {
  override readonly name = 'VerifyKeyError';
  readonly code = 'key-unreadable';
}

const CHUNK_BYTES = 256 * 1024;
const RAW_KEY_CHARACTERS = 44;

/**
 * Verifies an audit export (`export-format.ts`) without a server or a database, in constant memory.
 *
 * `source` is a file path, or the bytes of the file in pieces of any size (a read stream, or the lines of
 * the export writers with their newlines). Whatever the bytes are, the answer is a report. Throws
 * VerifyKeyError where `options.key` cannot be read, and the errors of the file system.
 */
export async function verifyExport(
  source: string | AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>,
  options: VerifyOptions = {},
): Promise<VerifyReport> {
  const verifier = new LogVerifier(trustAnchors(options));
  const splitter = new LineSplitter(verifier);
  if (typeof source === 'string') {
    await readFile(source, splitter);
  } else {
    for await (const piece of source) splitter.push(asBuffer(piece));
  }
  splitter.end();
  return verifier.finish();
}

async function readFile(path: string, splitter: LineSplitter): Promise<void> {
  const file = await open(path);
  try {
    const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES);
      if (bytesRead === 0) return;
      splitter.push(chunk.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}

function asBuffer(piece: string | Uint8Array): Buffer {
  if (typeof piece === 'string') return Buffer.from(piece);
  return Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
}

function trustAnchors({ key, checkpoint }: VerifyOptions): TrustAnchors {
  return {
    ...(key === undefined ? {} : { key: readKey(key.trim()) }),
    ...(checkpoint === undefined ? {} : { checkpoint }),
  };
}

/** A public key in any of the forms that people have it in. @throws VerifyKeyError */
export function readKey(text: string): Verifier | Uint8Array {
  try {
    if (text.includes('-----BEGIN')) {
      const raw = createPublicKey(text);
      if (raw.asymmetricKeyType !== 'ed25519')
        throw new TypeError(`not Ed25519 but ${raw.asymmetricKeyType}`);
      return rawPublicKey(raw);
    }
    const raw = text.length === RAW_KEY_CHARACTERS ? decodeBase64(text, 32) : undefined;
    return raw ?? parseVerifierKey(text);
  } catch (cause) {
    const message =
      'the key is not a verifier key text, a PEM, nor base64 of 32 bytes, of an Ed25519 public key';
    throw new VerifyKeyError(message, { cause });
  }
}
