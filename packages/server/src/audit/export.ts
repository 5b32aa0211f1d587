import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { Reader } from '../database/reader.ts';
import type { DataKey } from '../encryption/seal.ts';
import { sealedKeyId } from '../encryption/seal.ts';
import { signCheckpoint } from './checkpoint.ts';
import { SALT_BYTES } from './commitment.ts';
import { exportCheckpoint, exportHeader, exportLeaf } from './export-format.ts';
import { Frontier } from './merkle.ts';
import { encodeVerifierKey, type Signer } from './note.ts';
import { openPrivate } from './recorder.ts';
import { checkpointsUpTo, eventsFrom, selectTree } from './store.ts';

export interface ExportSource {
  reader: Reader;
  signer: Signer;
  /** The key that sealed a private part; undefined when its subject was erased. */
  keyById(keyId: Uint8Array): Promise<DataKey | undefined>;
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
    const [tree] = await reader.all(selectTree, {});
    const frontier = tree ? Frontier.decode(tree.frontier) : new Frontier();
    const { size } = frontier;
    const key = encodeVerifierKey(signer);
    const checkpoints = await reader.all(checkpointsUpTo, { size });
    await write(out, exportHeader({ origin: signer.name, size, key }));
    let next = 0;
    const checkpointsAt = async (index: number) => {
      for (; checkpoints[next] && checkpoints[next]!.size <= index; next++) {
        await write(out, exportCheckpoint(checkpoints[next]!.note));
      }
    };
    for (let from = 0; from < size; from += PAGE) {
      for (const row of await reader.all(eventsFrom, { from, limit: PAGE })) {
        if (row.seq >= size) break;
        await checkpointsAt(row.seq);
        await write(
          out,
          exportLeaf({
            index: row.seq,
            leafHash: row.leaf,
            skeleton: row.skeleton,
            ...(await privateOf(source, row)),
          }),
        );
      }
    }
    await checkpointsAt(size);
    if (checkpoints.at(-1)?.size !== size) {
      const note = signCheckpoint(
        {
          origin: signer.name,
          size,
          root: frontier.root(),
          time: Math.max(now(), checkpoints.at(-1)?.created_at ?? 0),
        },
        signer,
      );
      await write(out, exportCheckpoint(note));
    }
    return { size, key };
  });
}

async function privateOf(
  source: ExportSource,
  row: { leaf: Uint8Array; private_sealed: Uint8Array | null },
): Promise<{ privatePart?: Uint8Array; salt?: Uint8Array }> {
  if (!row.private_sealed) return {};
  const key = await source.keyById(sealedKeyId(row.private_sealed));
  if (!key) return {};
  try {
    return openPrivate(key, row.leaf, row.private_sealed);
  } catch {
    // A row that was tampered with. Leaving the part out would look like an erasure: this makes the verifier name it.
    return { privatePart: Buffer.from('{}'), salt: Buffer.alloc(SALT_BYTES) };
  }
}

async function write(out: Writable, chunk: string | Uint8Array): Promise<void> {
  if (!out.write(chunk)) await once(out, 'drain');
}
