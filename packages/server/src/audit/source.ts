import type { Reader } from '../database/reader.ts';
import type { KeyProvider } from '../encryption/envelope.ts';
import { EncryptionError } from '../encryption/errors.ts';
import { type DataKey, dataKey, sealedKeyId } from '../encryption/seal.ts';
import type { ServerSecrets } from '../encryption/server-keys.ts';
import { subjectByKeyId } from '../encryption/store.ts';
import { SubjectKeys } from '../encryption/subject-keys.ts';
import type { PrivatePart, Skeleton } from './record.ts';
import { openPrivate } from './recorder.ts';

/** A row of the log. `skeleton` is empty once the event was removed: its leaf stays. */
export interface LogRow {
  seq: number;
  leaf: Uint8Array;
  skeleton: Uint8Array;
  private_sealed: Uint8Array | null;
}

/** Read access to the log, with the keys of its private parts. */
export interface LogSource {
  reader: Reader;
  /** Seals the tree's state, and private parts that belong to no data subject. */
  recordsKey: DataKey;
  /** The key that sealed a private part, unless its subject was erased. Throws when there never was such a key. */
  keyById(keyId: Uint8Array): Promise<DataKey | 'erased'>;
}

export function logSource(
  reader: Reader,
  provider: KeyProvider,
  { records, digest }: Pick<ServerSecrets, 'records' | 'digest'>,
): LogSource {
  const recordsKey = dataKey(records);
  const subjects = new SubjectKeys(provider, digest, { byDigest: async () => undefined });
  return {
    reader,
    recordsKey,
    async keyById(keyId) {
      if (recordsKey.id.equals(keyId)) return recordsKey;
      const [row] = await reader.all(subjectByKeyId, { keyId });
      if (!row) throw new EncryptionError('decryption_failed', 'No key of this name was ever made.');
      return row.state === 'active' ? (await subjects.of(row)).key : 'erased';
    },
  };
}

/** The public part of a row; undefined where the event was removed. */
export function skeletonOf(row: Pick<LogRow, 'skeleton'>): Skeleton | undefined {
  return row.skeleton.length === 0
    ? undefined
    : (JSON.parse(Buffer.from(row.skeleton).toString()) as Skeleton);
}

/** The private part of a row: undefined where there is none, it was erased, or it does not open. */
export async function privatePartOf(source: LogSource, row: LogRow): Promise<PrivatePart | undefined> {
  if (!row.private_sealed) return undefined;
  try {
    const key = await source.keyById(sealedKeyId(row.private_sealed));
    if (key === 'erased') return undefined;
    return JSON.parse(openPrivate(key, row.leaf, row.private_sealed).privatePart.toString()) as PrivatePart;
  } catch {
    return undefined;
  }
}
