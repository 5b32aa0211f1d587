import type { z } from 'zod';
import type { Permission } from '../access/permissions.ts';
import type { AuditEvent } from '../audit/entry.ts';
import type { ServerKeys } from '../encryption/server-keys.ts';
import { openEntities, openField } from './actor.ts';
import type { apiKey, shownKey } from './answers.ts';
import type { ListedRow } from './store.ts';

/** A key without its secret, as its owner sees it. */
export type ApiKey = z.output<typeof apiKey>;

/** The one time that a key is shown. */
export type NewApiKey = z.output<typeof shownKey>;

const time = (at: number | null) => (at === null ? null : new Date(at).toISOString());

export function presentKey(keys: ServerKeys, row: ListedRow): ApiKey {
  const { signing_algorithm: algorithm, signature_required: required } = row;
  return {
    id: row.public_id,
    name: openField(keys, row.public_id, 'name', row.name_sealed),
    permissions: JSON.parse(row.permissions) as Permission[],
    entities: openEntities(keys, row.public_id, row.entities),
    max_trust: row.max_trust,
    created_at: new Date(row.created_at).toISOString(),
    expires_at: time(row.expires_at),
    last_used_at: time(row.last_used_at),
    rotated_at: time(row.rotated_at),
    previous_until: time(row.previous_until),
    rotate_after_days: row.rotate_after_days,
    signing:
      algorithm === null
        ? null
        : { algorithm: algorithm as NonNullable<ApiKey['signing']>['algorithm'], required: required === 1 },
  };
}

/** What the audit log commits to: how a key is set up, not when it was last used. */
export function keyState({ last_used_at: _, ...state }: ApiKey): NonNullable<AuditEvent['after']> {
  return state as unknown as NonNullable<AuditEvent['after']>;
}
