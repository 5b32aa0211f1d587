import type { Address } from './seal.ts';
import type { Subject } from './subject-keys.ts';

/**
 * Where a memory's sealed fields belong. The version is part of it: a text shows at its own version only, and the
 * history keeps it under the address that it was sealed at. Who can write to the database can still set a whole
 * memory back to an earlier version; the audit log has the later one.
 */
export function bodyAddress(subject: Pick<Subject, 'namespaceId'>, id: Uint8Array, version: number): Address {
  return { namespace: subject.namespaceId, table: 'memories', row: id, field: `body.${version}` };
}

export function recordAddress(
  subject: Pick<Subject, 'namespaceId'>,
  id: Uint8Array,
  version: number,
): Address {
  return { namespace: subject.namespaceId, table: 'memories', row: id, field: `record.${version}` };
}

export function originalAddress(
  subject: Pick<Subject, 'namespaceId'>,
  id: Uint8Array,
  version: number,
): Address {
  return { namespace: subject.namespaceId, table: 'memory_originals', row: id, field: `body.${version}` };
}
