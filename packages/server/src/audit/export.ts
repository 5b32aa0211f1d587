import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { Reader } from '../database/reader.ts';
import type { DataKey } from '../encryption/seal.ts';
import { sealedKeyId } from '../encryption/seal.ts';
import { openCheckpoint, signCheckpoint } from './checkpoint.ts';
import { SALT_BYTES } from './commitment.ts';
import { DestroyedKeys } from './destroyed-keys.ts';
import { exportCheckpoint, exportHeader, exportLeaf } from './export-format.ts';
import { Frontier } from './merkle.ts';
import { encodeVerifierKey, type Signer, type Verifier } from './note.ts';
import { openPrivate } from './recorder.ts';
import { equalBytes } from './sha256.ts';
import { KeyChain } from './signing-keys/key-chain.ts';
import { type LogRow, skeletonOf } from './source.ts';
import { checkpointsUpTo, eventsFrom, keyNotes, lastCheckpoint, logSize, selectTree } from './store.ts';
import { openFrontier } from './tree-state.ts';

export interface ExportSource {
  reader: Reader;
  /** Whoever has no private key names a `size`. */
  signer: Signer | Verifier;
  /** Only the first so many leaves, those of a signed checkpoint; default: all, and a last checkpoint over them. */
  size?: number;
  /** Seals the tree's state. */
  treeKey: DataKey;
  /** The key that sealed a private part, unless its subject was erased. Throws when there never was such a key. */
  keyById(keyId: Uint8Array): Promise<DataKey | 'erased'>;
  now(): number;
}

const PAGE = 1000;

/**
 * Writes the whole log as one self-contained file (docs: export-format.ts), consistent as of one moment: every leaf,
 * the checkpoints that were signed along the way, and a last one over all of it.
 * @returns the number of leaves, and the key to verify with: keep that key apart from the export.
 */
export async function exportLog(source: ExportSource, out: Writable): Promise<{ size: number; key: string }> {
  const { signer, now } = source;
  return source.reader.snapshot(async (reader) => {
    const size = source.size ?? (await sizeOf(source, reader));
    const { key, rotations } = await keysAt(reader, signer, size);
    const read = new Frontier();
    const destroyed = new DestroyedKeys(reader);
    const checkpoints = await reader.all(checkpointsUpTo, { size });
    await write(out, exportHeader({ origin: signer.name, size, key, rotations }));
    let next = 0;
    const checkpointsAt = async (index: number) => {
      for (; checkpoints[next] && checkpoints[next]!.size <= index; next++) {
        await write(out, exportCheckpoint(checkpoints[next]!.note));
      }
    };
    for (let from = 0; from < size; ) {
      const rows = await reader.all(eventsFrom, { from, limit: PAGE });
      from = (rows.at(-1)?.seq ?? size) + 1;
      for (const row of rows) {
        if (row.seq >= size) break;
        await checkpointsAt(row.seq);
        read.append(row.leaf);
        await write(
          out,
          exportLeaf({
            index: row.seq,
            leafHash: row.leaf,
            ...(row.skeleton.length > 0 && {
              skeleton: row.skeleton,
              ...(await privateOf(source, destroyed, row)),
            }),
          }),
        );
      }
    }
    // Without the writer's word for where the log ends, no checkpoint may stand there as if it were the end.
    const endKnown = source.size !== undefined || (await isStateThere(source, reader));
    await checkpointsAt(endKnown ? size : size - 1);
    const signed = checkpoints.at(-1)?.size === size;
    if (!signed && 'privateKey' in signer && (await isOwn(source, reader, read))) {
      const newest = checkpoints.at(-1);
      const time = Math.max(now(), (newest && openCheckpoint(newest.note, [signer]).time) ?? 0);
      await write(
        out,
        exportCheckpoint(signCheckpoint({ origin: signer.name, size, root: read.root(), time }, signer)),
      );
    }
    return { size, key };
  });
}

/** Leaves that are there, or that the writer says were there: whoever took the last ones cannot have taken its word. */
async function sizeOf({ treeKey, signer }: ExportSource, reader: Reader): Promise<number> {
  const there = (await reader.all(logSize, {}))[0]!.last + 1;
  const [tree] = await reader.all(selectTree, {});
  if (!tree) return there;
  try {
    return Math.max(there, openFrontier(treeKey, tree.frontier, undefined, signer).size);
  } catch {
    return there;
  }
}

/** Whether the writer's sealed word for the size of the log is there and opens: a first start writes it. */
async function isStateThere({ treeKey, signer }: ExportSource, reader: Reader): Promise<boolean> {
  const [tree] = await reader.all(selectTree, {});
  try {
    return tree !== undefined && openFrontier(treeKey, tree.frontier, undefined, signer).size >= 0;
  } catch {
    return false;
  }
}

/** The key that signed a log of this size, and the replacements of the key that lead to it. */
async function keysAt(
  reader: Reader,
  signer: Verifier,
  size: number,
): Promise<{ key: string; rotations: readonly string[] }> {
  const key = encodeVerifierKey(signer);
  const rotations = (await reader.all(keyNotes, {})).map(({ note }) => note);
  if (rotations.length === 0) return { key, rotations };
  try {
    const chain = KeyChain.ofNotes(rotations);
    const at = chain.keys.findLastIndex(({ first }) => first <= size);
    if (chain.indexOf(signer) >= 0)
      return { key: encodeVerifierKey(chain.keys[at]!.verifier), rotations: rotations.slice(0, at) };
  } catch {
    // Written as they are: the verifier then says what is wrong with them.
  }
  return { key, rotations };
}

/** Whether what was read is what the writer wrote: nothing else is signed. The verifier then says what is missing. */
async function isOwn({ signer, treeKey }: ExportSource, reader: Reader, read: Frontier): Promise<boolean> {
  const [tree] = await reader.all(selectTree, {});
  const [newest] = await reader.all(lastCheckpoint, {});
  if (!tree) return false;
  try {
    const frontier = openFrontier(treeKey, tree.frontier, newest, signer);
    return frontier.size === read.size && equalBytes(frontier.root(), read.root());
  } catch {
    return false;
  }
}

/** Erasing takes the key of a private part; the sealed bytes stay, as long as the event does. */
function hasCommitment(row: Pick<LogRow, 'skeleton'>): boolean {
  try {
    return skeletonOf(row)?.private !== undefined;
  } catch {
    return false;
  }
}

/** Leaving a part out would look like an erasure: this fits no commitment, so the verifier names the event. */
const TAMPERED = { privatePart: Buffer.from('{}'), salt: Buffer.alloc(SALT_BYTES) };

async function privateOf(
  source: ExportSource,
  destroyed: DestroyedKeys,
  row: Pick<LogRow, 'leaf' | 'skeleton' | 'private_sealed'>,
): Promise<{ privatePart?: Uint8Array; salt?: Uint8Array }> {
  if (!row.private_sealed) return hasCommitment(row) ? TAMPERED : {};
  try {
    const keyId = sealedKeyId(row.private_sealed);
    const key = await source.keyById(keyId);
    if (key !== 'erased') return openPrivate(key, row.leaf, row.private_sealed);
    return (await destroyed.tookAlong(keyId, skeletonOf(row)!)) ? {} : TAMPERED;
  } catch {
    return TAMPERED;
  }
}

async function write(out: Writable, chunk: string | Uint8Array): Promise<void> {
  if (!out.write(chunk)) await once(out, 'drain');
}
