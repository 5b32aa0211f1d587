import type { z } from 'zod';
import type { Actor, Authorized } from '../access/actor.ts';
import { ROLES, type Role } from '../access/permissions.ts';
import type { AuditEvent } from '../audit/entry.ts';
import type { Recorder } from '../audit/recorder.ts';
import type { Leaf, Step } from '../database/unit.ts';
import type { WriterClient } from '../database/writer-client.ts';
import { open, seal } from '../encryption/seal.ts';
import type { ServerKeys } from '../encryption/server-keys.ts';
import { auditActor, type Origin, traced } from '../http/origin.ts';
import { newId } from '../ids.ts';
import type { namespace, namespaceWithSettings } from './answers.ts';
import { NamespaceError } from './errors.ts';
import { type NamespaceSettings, namespaceSettings } from './settings.ts';
import {
  deleteEmptyNamespace,
  insertFounder,
  insertNamespace,
  membershipOf,
  type NamespaceRow,
  namespaceById,
  namespaceExists,
  namespacesAfter,
  namespacesOf,
  roomForNamespace,
  updateSettings,
} from './store.ts';

export type { NamespaceSettings } from './settings.ts';

export interface NamespaceDeps {
  writer: Pick<WriterClient, 'commit' | 'read'>;
  keys: ServerKeys;
  recorder: Pick<Recorder, 'leaf'>;
  /** What a new namespace starts with. */
  defaults: NamespaceSettings;
  /** What is remembered of credentials knows the settings of before. */
  forgetAll(): void;
  now: () => number;
}

export type Namespace = z.output<typeof namespace>;

/** Namespaces that one account may be a member of. */
const MOST = 100;
const PORTION = 1000;

/** Namespaces: the tenants, and the settings of each. */
export class NamespaceService {
  private readonly deps: NamespaceDeps;

  constructor(deps: NamespaceDeps) {
    this.deps = deps;
  }

  /**
   * A new namespace, as steps and leaves for the unit of whatever needs it: the namespace and its first account are
   * stored together or not at all. Later steps of the same unit find its row by `publicId`.
   * `event` says who makes it and from where.
   */
  creation(
    name: string,
    event: Pick<AuditEvent, 'actor' | 'requestId' | 'private'>,
  ): { publicId: string; steps: Step[]; leaves: Leaf[] } {
    const { keys, recorder, defaults, now } = this.deps;
    const publicId = newId();
    const at = now();
    const sealed = seal(keys.records, addressOf(publicId), Buffer.from(name));
    const step = insertNamespace.bind({ publicId, name: sealed, settings: JSON.stringify(defaults), at });
    const leaf = recorder.leaf({
      ...event,
      type: 'namespace.created',
      time: at,
      namespace: publicId,
      resource: { type: 'namespace', ids: [publicId] },
      success: true,
    });
    return { publicId, steps: [step], leaves: [leaf] };
  }

  /**
   * A namespace for several people; whoever makes it is its administrator.
   * @throws UnitRefused `limit_reached` beyond a hundred
   */
  async create(actor: Authorized<'keys:manage'>, name: string, origin: Origin): Promise<Namespace> {
    const { writer, now } = this.deps;
    if (actor.kind === 'api_key' || actor.kind === 'certificate')
      throw new NamespaceError('permission_denied');
    const { publicId, steps, leaves } = this.creation(name, { ...traced(origin), actor: auditActor(actor) });
    const at = now();
    const founder = insertFounder.bind({ account: actor.account.row, namespace: publicId, at });
    const room = roomForNamespace.bind({ account: actor.account.row, most: MOST });
    await writer.commit({
      steps: [actor.guard, { ...room, otherwise: 'limit_reached' }, ...steps, founder],
      leaves,
    });
    return { id: publicId, name, role: 'admin', own: false, created_at: new Date(at).toISOString() };
  }

  /** Where an account may act: its own namespace first, then those it is a member of. */
  async list(account: { row: number; role: Role; namespace: { id: number } }): Promise<Namespace[]> {
    const { writer } = this.deps;
    const [own] = await writer.read(namespaceById, { id: account.namespace.id });
    const others = await writer.read(namespacesOf, { account: account.row });
    const present = (
      row: Pick<NamespaceRow, 'public_id' | 'name_sealed' | 'created_at'>,
      role: string,
      mine: boolean,
    ) => ({
      id: row.public_id,
      name: this.nameOf(row),
      role: roleOf(role),
      own: mine,
      created_at: new Date(row.created_at).toISOString(),
    });
    return [present(own!, account.role, true), ...others.map((row) => present(row, row.role, false))];
  }

  /** All namespaces, for what the service does by itself; `guard` refuses (`not_found`) once one is gone. */
  async *all(): AsyncGenerator<{ id: number; publicId: string; guard: Step }> {
    for (let after = 0; ; ) {
      const rows = await this.deps.writer.read(namespacesAfter, { after, limit: PORTION });
      for (const { id, public_id: publicId } of rows)
        yield { id, publicId, guard: { ...namespaceExists.bind({ id }), otherwise: 'not_found' } };
      if (rows.length < PORTION) return;
      after = rows.at(-1)!.id;
    }
  }

  /**
   * The namespace of a public id as an account may enter it.
   * @throws NamespaceError `not_found`, the same for one that it is no member of and one that does not exist.
   */
  async placeOf(
    account: { row: number; role: Role; namespace: { id: number; publicId: string } },
    publicId: string,
  ): Promise<{ id: number; publicId: string; role: Role }> {
    if (publicId === account.namespace.publicId) return { ...account.namespace, role: account.role };
    const found = { account: account.row, namespace: publicId };
    const [row] = await this.deps.writer.read(membershipOf, found);
    if (!row) throw new NamespaceError('not_found');
    return { id: row.id, publicId: row.public_id, role: roleOf(row.role) };
  }

  /** Name and settings of the namespace that the actor acts in. @throws NamespaceError `not_found` for any other */
  async describe(actor: Actor, publicId: string): Promise<z.output<typeof namespaceWithSettings>> {
    const row = await this.current(actor, publicId);
    return { id: row.public_id, name: this.nameOf(row), settings: namespaceSettings(row.settings) };
  }

  /** @throws NamespaceError `not_found`; UnitRefused `stale_version` when somebody else changed them meanwhile */
  async changeSettings(
    actor: Authorized<'members:manage'>,
    publicId: string,
    changes: Partial<NamespaceSettings>,
    origin: Origin,
  ): Promise<NamespaceSettings> {
    const { writer, recorder, forgetAll, now } = this.deps;
    const row = await this.current(actor, publicId);
    const settings = { ...namespaceSettings(row.settings), ...changes };
    const { id, settings: before } = row;
    const step = updateSettings.bind({ id, before, settings: JSON.stringify(settings) });
    const leaf = recorder.leaf({
      ...traced(
        origin,
        Object.fromEntries(Object.entries(changes).map(([name, value]) => [name, String(value)])),
      ),
      type: 'namespace.updated',
      action: Object.keys(changes).sort().join(' '),
      before: namespaceSettings(before),
      after: settings,
      time: now(),
      actor: auditActor(actor),
      namespace: publicId,
      resource: { type: 'namespace', ids: [publicId] },
      success: true,
    });
    try {
      await writer.commit({ steps: [actor.guard, { ...step, otherwise: 'stale_version' }], leaves: [leaf] });
    } finally {
      forgetAll();
    }
    return settings;
  }

  /** Removes a namespace in which nothing is, and nobody. */
  removal(id: number): Step {
    return deleteEmptyNamespace.bind({ id });
  }

  /** By row, for a mail that names it. */
  async name(id: number): Promise<string> {
    const [row] = await this.deps.writer.read(namespaceById, { id });
    if (!row) throw new NamespaceError('not_found');
    return this.nameOf(row);
  }

  /** By row, for an event about it. */
  async publicIdOf(id: number): Promise<string> {
    const [row] = await this.deps.writer.read(namespaceById, { id });
    if (!row) throw new NamespaceError('not_found');
    return row.public_id;
  }

  private async current(actor: Actor, publicId: string): Promise<NamespaceRow> {
    if (publicId !== actor.namespace.publicId) throw new NamespaceError('not_found');
    const [row] = await this.deps.writer.read(namespaceById, { id: actor.namespace.id });
    if (!row) throw new NamespaceError('not_found');
    return row;
  }

  private nameOf({ public_id, name_sealed }: Pick<NamespaceRow, 'public_id' | 'name_sealed'>): string {
    return open(this.deps.keys.records, addressOf(public_id), name_sealed).toString();
  }
}

const addressOf = (publicId: string) => ({ namespace: 0, table: 'namespaces', row: publicId, field: 'name' });

/** @throws Error when the row has a role that this version does not know */
export function roleOf(stored: string): Role {
  const role = ROLES.find((known) => known === stored);
  if (!role) throw new Error('a membership has an unknown role');
  return role;
}
