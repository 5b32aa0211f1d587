import { generateKeyPairSync } from 'node:crypto';
import { signCheckpoint } from './checkpoint.ts';
import type { AuditEvent } from './entry.ts';
import { encodeEvent } from './entry.ts';
import { exportCheckpoint, exportHeader, exportLeaf } from './export-format.ts';
import { Frontier } from './merkle.ts';
import type { Signer } from './note.ts';
import { createSigner, encodeVerifierKey } from './note.ts';
import { signRotation } from './signing-keys/rotation-note.ts';

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
  /** The keys after the first one; each takes over after so many leaves, with an event and a checkpoint of its own. */
  rotations?: readonly { readonly after: number; readonly signer: Signer }[];
  /** Position of an event that tells of removals, and the ranges of them before it. */
  removal?: {
    readonly at: number;
    readonly ranges: readonly (readonly [number, number])[];
    readonly private?: NonNullable<AuditEvent['private']>;
  };
};

/** `keys`: verifier key texts, oldest first; `key` is the last of them. */
export type Sample = {
  lines: Buffer[];
  notes: Map<number, string>;
  root: Uint8Array;
  key: string;
  keys: string[];
  rotations: string[];
};

export const rangeIds = (ranges: readonly (readonly [number, number])[]) =>
  ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`));

const systemEvent = (index: number, type: AuditEvent['type'], of: string, ids: string[]): AuditEvent => ({
  type,
  time: START + index * 10,
  actor: { kind: 'system' },
  resource: { type: of, ids },
  success: true,
});

/** A whole export in memory, one Buffer with its newline a line, and the signed note of each checkpoint. */
export function sampleExport(options: SampleOptions): Sample {
  const { signer, size, every = 10, erased = () => false, rotations = [], removal } = options;
  const tree = new Frontier();
  const notes = new Map<number, string>();
  const signers = [signer, ...rotations.map((rotation) => rotation.signer)];
  const keys = signers.map(encodeVerifierKey);
  const key = keys.at(-1)!;
  const links = rotations.map(({ after }, i) => ({
    after,
    ids: [signers[i]!, signers[i + 1]!].map(({ id }) => id.toString('hex')),
    note: signRotation(
      { origin: ORIGIN, size: after, time: START + after * 10 },
      signers[i]!,
      signers[i + 1]!,
    ),
  }));
  const header = { origin: ORIGIN, size, key, rotations: links.map(({ note }) => note) };
  const lines: Buffer[] = [Buffer.from(exportHeader(header))];
  const gone = (index: number) =>
    removal?.ranges.some(([first, last]) => first <= index && index <= last) ?? false;
  const eventAt = (index: number) => {
    const link = links.find(({ after }) => after === index);
    if (link) return systemEvent(index, 'audit.key.rotated', 'audit_key', link.ids);
    if (index === removal?.at)
      return {
        ...systemEvent(index, 'audit.records.removed', 'audit_event', rangeIds(removal.ranges)),
        ...(removal.private && { private: removal.private }),
      };
    return (options.event ?? sampleEvent)(index);
  };
  for (let index = 0; index <= size; index++) {
    const handedOver = links.some(({ after }) => index === after || index === after + 1);
    if (index > 0 && (index % every === 0 || index === size || handedOver)) {
      const time = START + index * 10;
      const by = signers[links.filter(({ after }) => after < index).length]!;
      const note = signCheckpoint({ origin: ORIGIN, size: index, root: tree.root(), time }, by);
      notes.set(index, note);
      lines.push(Buffer.from(exportCheckpoint(note)));
    }
    if (index === size) break;
    const { privatePart, salt, ...encoded } = encodeEvent(eventAt(index));
    tree.append(encoded.leafHash);
    if (gone(index)) {
      lines.push(exportLeaf({ index, leafHash: encoded.leafHash }));
      continue;
    }
    const sealed =
      privatePart !== undefined && salt !== undefined && !erased(index) ? { privatePart, salt } : {};
    lines.push(exportLeaf({ index, ...encoded, ...sealed }));
  }
  return { lines, notes, root: tree.root(), key, keys, rotations: header.rotations };
}
