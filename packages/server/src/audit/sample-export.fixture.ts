import { generateKeyPairSync } from 'node:crypto';
import { signCheckpoint } from './checkpoint.ts';
import type { AuditEvent } from './entry.ts';
import { encodeEvent } from './entry.ts';
import { exportCheckpoint, exportHeader, exportLeaf } from './export-format.ts';
import { Frontier } from './merkle.ts';
import type { Signer } from './note.ts';
import { createSigner, encodeVerifierKey } from './note.ts';

export const ORIGIN = 'memhold.example/log';
export const START = 1_790_000_000_000;

export const newSigner = (name = ORIGIN): Signer =>
  createSigner(name, generateKeyPairSync('ed25519').privateKey);

/** An event of the shape that a search makes; every third has no private part. */
export function sampleEvent(index: number): AuditEvent {
  return {
    type: 'memory.searched',
    time: START + index * 10,
    actor: { kind: 'api_key', id: '018f3c5e-7b1a-7c3d-9e5f-0123456789ab', session: 's1' },
    namespace: 'team-a',
    resource: { type: 'memory', ids: [`m-${index}`, `m-${index + 1}`] },
    action: 'search',
    success: true,
    requestId: `req-${index}`,
    ...(index % 3 === 0
      ? {}
      : { private: { address: '192.0.2.1', query: `dö "it" {[ ${index} \\`, top: 10 } }),
  };
}

export type SampleOptions = {
  signer: Signer;
  size: number;
  /** A checkpoint after this many leaves each, and one at the end. */
  every?: number;
  event?: (index: number) => AuditEvent;
  /** Leaves whose private part is left out. */
  erased?: (index: number) => boolean;
};

export type Sample = { lines: Buffer[]; notes: Map<number, string>; root: Uint8Array; key: string };

/** A whole export in memory, one Buffer with its newline a line, and the signed note of each checkpoint. */
export function sampleExport(options: SampleOptions): Sample {
  const { signer, size, every = 10, event = sampleEvent, erased = () => false } = options;
  const tree = new Frontier();
  const notes = new Map<number, string>();
  const key = encodeVerifierKey(signer);
  const lines: Buffer[] = [Buffer.from(exportHeader({ origin: ORIGIN, size, key }))];
  for (let index = 0; index <= size; index++) {
    if (index > 0 && (index % every === 0 || index === size)) {
      const time = START + index * 10;
      const note = signCheckpoint({ origin: ORIGIN, size: index, root: tree.root(), time }, signer);
      notes.set(index, note);
      lines.push(Buffer.from(exportCheckpoint(note)));
    }
    if (index === size) break;
    const { privatePart, salt, ...encoded } = encodeEvent(event(index));
    tree.append(encoded.leafHash);
    const sealed =
      privatePart !== undefined && salt !== undefined && !erased(index) ? { privatePart, salt } : {};
    lines.push(exportLeaf({ index, ...encoded, ...sealed }));
  }
  return { lines, notes, root: tree.root(), key };
}
