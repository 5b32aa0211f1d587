import type { Step } from '../database/unit.ts';
import { AccessError } from './errors.ts';
import type { Permission, Role } from './permissions.ts';

/** The entity ids of the mem0 world that a memory may belong to. */
export interface Entities {
  user_id?: string;
  agent_id?: string;
  app_id?: string;
  run_id?: string;
}

/** Who asks, as proved by a credential: never by anything in the request's body or query. */
export interface Actor {
  /** `operator` is somebody at the machine itself, who may read the data folder anyway. */
  kind: 'account' | 'api_key' | 'certificate' | 'operator';
  /** Public id of the account or the key. */
  id: string;
  /** The account itself, or the one that made the key. */
  account: { row: number; publicId: string };
  namespace: { id: number; publicId: string };
  /** Whether what this actor reads is in the log before it is answered; a setting of the namespace. */
  auditReads: 'durable' | 'deferred';
  role: Role;
  /** For a key: its own permissions, intersected with its maker's role. */
  permissions: ReadonlySet<Permission>;
  /** The actor only ever reaches memories of exactly these entities. Absent: the whole namespace. */
  boundTo?: Entities;
  session?: string;
  /** When a login's password (and second factor) was last shown. Epoch milliseconds. */
  provedAt?: number;
  withMfa?: boolean;
  /** The session of the login that this one was begun from. */
  rootSession?: string;
  /** When the session is over by itself. Epoch milliseconds. */
  sessionEnds?: number;
  /** Must still find a row inside the transaction of every change that this actor makes. */
  guard: Step;
}

declare const authorized: unique symbol;
/** An actor for whom `authorize` has checked the permission: what services take. */
export type Authorized<P extends Permission> = Actor & { readonly [authorized]: (permission: P) => void };

export function can(actor: Actor, permission: Permission): boolean {
  return actor.permissions.has(permission);
}

/**
 * The one gate between "who" and "may".
 * @throws AccessError `permission_denied` that names the permission.
 */
export function authorize<P extends Permission>(actor: Actor, permission: P): Authorized<P> {
  if (!can(actor, permission)) throw new AccessError('permission_denied', permission);
  return actor as Authorized<P>;
}

/**
 * The actor of a route that is for people, not for programs: an API key has no profile, no sessions and no members.
 * @throws AccessError `unauthenticated`, `permission_denied`
 */
export function loggedIn(actor: Actor | null): Actor {
  if (!actor) throw new AccessError('unauthenticated');
  if (actor.kind !== 'account' && actor.kind !== 'operator') throw new AccessError('permission_denied');
  return actor;
}
