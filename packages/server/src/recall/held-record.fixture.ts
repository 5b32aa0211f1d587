import type { HeldRecord } from './held-record.ts';
import { buildRecord, decodeRecord, encodeRecord, type RecordInput } from './record.ts';
import { Shard } from './shard.ts';

/** A memory's record as a shard holds it after the whole way there. */
export function heldRecord(input: RecordInput): HeldRecord {
  const shard = new Shard();
  shard.apply({ id: 'x', rowid: 1, changeSeq: 1, record: decodeRecord(encodeRecord(buildRecord(input))) });
  return shard.get('x')!.record;
}
