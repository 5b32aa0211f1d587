import { type Address, open, seal } from '../encryption/seal.ts';
import type { Subject } from '../encryption/subject-keys.ts';

/** What a caller says of a cluster, and what is sealed in `clusters.body` with the subject's key. */
export interface ClusterBody {
  /** The data subject: all of the memories are this user's. */
  user: string;
  topic: string;
  category: string | null;
  /** Ids as they were given; some may have ended since. */
  memoryIds: string[];
  summary: string | null;
}

/** A cluster as it is read. Times are epoch ms. */
export interface Cluster extends ClusterBody {
  id: string;
  version: number;
  createdAt: number;
  /** When the memories were last put together. */
  lastBuiltAt: number;
}

/** The version is part of the address: what is sealed shows at its own version only. */
const addressOf = (namespaceId: number, id: string, version: number): Address => ({
  namespace: namespaceId,
  table: 'clusters',
  row: id,
  field: `body.${version}`,
});

export function sealBody(subject: Subject, id: string, version: number, body: ClusterBody): Buffer {
  return seal(subject.key, addressOf(subject.namespaceId, id, version), Buffer.from(JSON.stringify(body)));
}

/** @throws EncryptionError `decryption_failed` when the row was changed or moved. */
export function openBody(subject: Subject, id: string, version: number, sealed: Uint8Array): ClusterBody {
  const address = addressOf(subject.namespaceId, id, version);
  return JSON.parse(open(subject.key, address, sealed).toString()) as ClusterBody;
}

/** What the audit log commits to, before and after a change. */
export function stateOf({ topic, category, memoryIds, summary }: ClusterBody) {
  return { topic, category, memory_ids: memoryIds, summary };
}
