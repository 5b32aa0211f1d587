import type { z } from 'zod';
import type { Authorized } from '../access/actor.ts';
import { AccessError } from '../access/errors.ts';
import type { AuditEvent } from '../audit/entry.ts';
import type { Recorder } from '../audit/recorder.ts';
import { UnitRefused } from '../database/errors.ts';
import type { Step } from '../database/unit.ts';
import type { WriterClient } from '../database/writer-client.ts';
import { randomBytes } from '../encryption/randomness.ts';
import type { ServerKeys } from '../encryption/server-keys.ts';
import { InputError } from '../http/input.ts';
import { auditActor, type Origin, traced } from '../http/origin.ts';
import { newId } from '../ids.ts';
import type { addedWebhook, webhook, webhookStatus } from './answers.ts';
import { WebhookError } from './errors.ts';
import type { NewWebhookInput, WebhookChanges } from './schema.ts';
import {
  anyWebhook,
  changeWebhook,
  deleteWebhook,
  insertWebhook,
  resumeWebhook,
  roomForWebhook,
  type WebhookRow,
  webhookById,
  webhooksOf,
} from './store.ts';
import { refusalOf, type WebhookAddresses } from './target.ts';
import { openWebhook, sealWebhook, type WebhookBody } from './webhook.ts';

/** How the delivery of one webhook goes. */
export interface WebhookState {
  id: string;
  healthy: boolean;
  behind: number;
}

export interface WebhookDeps {
  writer: Pick<WriterClient, 'commit' | 'read'>;
  keys: Pick<ServerKeys, 'records'>;
  recorder: Pick<Recorder, 'leaf'>;
  /** Of the webhooks of a namespace, by its public id; one that was made just now may be missing. */
  states(namespace: string): Promise<readonly WebhookState[]>;
  /** Called after each change: whoever delivers finds it in the log, and had better look now. */
  changed(): void;
  addresses: WebhookAddresses;
  now: () => number;
}

export type Webhook = z.output<typeof webhook>;
/** The secret is shown this once. */
export type NewWebhook = z.output<typeof addedWebhook>;

type Actor = Authorized<'webhooks:manage'>;

/** Webhooks of one namespace: each costs a request of its own for every change of a memory. */
const MOST = 20;

/**
 * Addresses that are told of the changes of a namespace's memories. They hear of everybody's, so a credential that is
 * bound to some entities manages none.
 */
export class WebhookService {
  private readonly deps: WebhookDeps;

  constructor(deps: WebhookDeps) {
    this.deps = deps;
  }

  /** Whether somebody is to be told of anything. */
  async any(): Promise<boolean> {
    return (await this.deps.writer.read(anyWebhook, {})).length > 0;
  }

  /**
   * @throws AccessError `permission_denied` for a bound credential; InputError for an address where nothing is sent;
   * UnitRefused `limit_reached` beyond twenty.
   */
  async create(actor: Actor, input: NewWebhookInput, origin: Origin): Promise<NewWebhook> {
    unbound(actor);
    this.checkUrl(input.url);
    const { keys, now } = this.deps;
    const at = now();
    const place = { id: newId(), namespace: actor.namespace.id };
    const secret = `whsec_${randomBytes(32).toString('base64')}`;
    const body: WebhookBody = { ...input, secret, active: true };
    const sealed = sealWebhook(keys.records, place, body);
    const event = { ...this.event(actor, 'webhook.created', place.id, origin, body), after: stateOf(body) };
    await this.commit(actor, event, [
      { ...roomForWebhook.bind({ namespace: place.namespace, most: MOST }), otherwise: 'limit_reached' },
      insertWebhook.bind({ ...place, body: sealed, at }),
    ]);
    const row = { id: place.id, version: 1, created_at: at, updated_at: at };
    return { ...shown(row, body), signing_secret: secret };
  }

  /** Oldest first. @throws AccessError */
  async list(actor: Actor): Promise<Webhook[]> {
    unbound(actor);
    const rows = await this.deps.writer.read(webhooksOf, { namespace: actor.namespace.id });
    return rows.map((row) => shown(row, this.open(row)));
  }

  /** With how its delivery goes. @throws AccessError, WebhookError `not_found` */
  async get(actor: Actor, id: string): Promise<z.output<typeof webhookStatus>> {
    const row = await this.row(actor, id);
    const states = await this.deps.states(actor.namespace.publicId);
    const { healthy, behind } = states.find((state) => state.id === id) ?? { healthy: true, behind: 0 };
    return { ...shown(row, this.open(row)), healthy, behind };
  }

  /**
   * What happened while a webhook was off is not sent once it is on again.
   * @param version the one that must still stand; any where undefined
   * @throws AccessError, WebhookError `not_found`, InputError, UnitRefused `stale_version`
   */
  async update(
    actor: Actor,
    id: string,
    changes: WebhookChanges,
    origin: Origin,
    version?: number,
  ): Promise<Webhook> {
    const row = await this.row(actor, id);
    if (version !== undefined && version !== row.version) throw new UnitRefused('stale_version');
    if (changes.url !== undefined) this.checkUrl(changes.url);
    const before = this.open(row);
    const given = Object.entries(changes).filter(([, value]) => value !== undefined);
    const after: WebhookBody = { ...before, ...Object.fromEntries(given) };
    const at = this.deps.now();
    const place = { id, namespace: row.namespace_id };
    const body = sealWebhook(this.deps.keys.records, place, after);
    const event = {
      ...this.event(actor, 'webhook.updated', id, origin, after),
      before: stateOf(before),
      after: stateOf(after),
    };
    await this.commit(actor, event, [
      {
        ...changeWebhook.bind({ ...place, version: row.version, body, at }),
        otherwise: 'stale_version',
      },
      ...(after.active && !before.active ? [resumeWebhook.bind({ id })] : []),
    ]);
    return shown({ ...row, version: row.version + 1, updated_at: at }, after);
  }

  /** A delivery that is under way may still arrive. @throws AccessError, WebhookError `not_found`, UnitRefused `stale_version` */
  async remove(actor: Actor, id: string, origin: Origin): Promise<void> {
    const row = await this.row(actor, id);
    const before = this.open(row);
    const event = {
      ...this.event(actor, 'webhook.removed', id, origin, before),
      before: stateOf(before),
    };
    const step = deleteWebhook.bind({ id, namespace: row.namespace_id, version: row.version });
    await this.commit(actor, event, [{ ...step, otherwise: 'stale_version' }]);
  }

  private async row(actor: Actor, id: string): Promise<WebhookRow> {
    unbound(actor);
    const [row] = await this.deps.writer.read(webhookById, { id, namespace: actor.namespace.id });
    if (!row) throw new WebhookError();
    return row;
  }

  private open(row: WebhookRow): WebhookBody {
    return openWebhook(this.deps.keys.records, { id: row.id, namespace: row.namespace_id }, row.body);
  }

  private checkUrl(url: string): void {
    const message = refusalOf(url, this.deps.addresses);
    if (message !== undefined) throw new InputError(`url: ${message}`, [{ path: 'url', message }]);
  }

  private event(
    actor: Actor,
    type: 'webhook.created' | 'webhook.updated' | 'webhook.removed',
    id: string,
    origin: Origin,
    { name, url }: WebhookBody,
  ): AuditEvent {
    return {
      // The rest of the address may hold a token.
      ...traced(origin, { name, host: new URL(url).origin }),
      type,
      time: this.deps.now(),
      actor: auditActor(actor),
      namespace: actor.namespace.publicId,
      resource: { type: 'webhook', ids: [id] },
      success: true,
    };
  }

  private async commit(actor: Actor, event: AuditEvent, steps: Step[]): Promise<void> {
    const { writer, recorder, changed } = this.deps;
    await writer.commit({ steps: [actor.guard, ...steps], leaves: [recorder.leaf(event)] });
    changed();
  }
}

/** @throws AccessError `permission_denied` */
function unbound(actor: Actor): void {
  if (actor.boundTo) throw new AccessError('permission_denied', 'webhooks:manage');
}

function shown(row: Omit<WebhookRow, 'namespace_id' | 'body'>, body: WebhookBody): Webhook {
  const { name, url, event_types, active } = body;
  return {
    id: row.id,
    name,
    url,
    event_types,
    active,
    version: row.version,
    created_at: new Date(row.created_at).toISOString(),
    updated_at: new Date(row.updated_at).toISOString(),
  };
}

/** What the log commits to. */
const stateOf = ({ name, url, event_types, active }: WebhookBody) => ({ name, url, event_types, active });
