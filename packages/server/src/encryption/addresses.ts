import type { Address } from './seal.ts';
import type { Subject } from './subject-keys.ts';

/**
 * Where a memory's sealed fields belong. The version is part of it, so that an old text cannot be put back in the
 * place of a new one; the history keeps a text under the address that it was sealed at.
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
