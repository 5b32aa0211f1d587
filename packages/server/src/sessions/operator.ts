import type { Actor } from '../access/actor.ts';
import { AccessError } from '../access/errors.ts';
import { permissionsOf } from '../access/permissions.ts';
import type { Account } from '../accounts/service.ts';
import { accountExists } from './store.ts';

/**
 * Whoever reaches the data folder's own socket: the file system has said that it is the user of the server, who could
 * read the folder and its key anyway. Acts in the administrator's place, and is named `operator` in the log.
 * @throws AccessError `unauthenticated` before there is an administrator
 */
export function operatorOf(admin: Account | undefined): Actor {
  if (!admin) throw new AccessError('unauthenticated');
  const { row, publicId, namespace } = admin;
  const guard = { ...accountExists.bind({ id: row }), otherwise: 'stale_authorization' };
  return Object.freeze({
    kind: 'operator',
    id: publicId,
    account: { row, publicId },
    namespace,
    auditReads: 'durable',
    role: 'admin',
    permissions: permissionsOf('admin', 'own'),
    guard,
  } satisfies Actor);
}
