import type { Kysely } from 'kysely';
import type { Schema } from '../database/schema.ts';
import { type Statement, statement } from '../database/statement.ts';

/** Position after the newest event of the audit log. */
const logEnd = (db: Kysely<Schema>) =>
  db
    .selectFrom('audit_events')
    .select(({ fn, lit, eb }) => eb(fn.coalesce(fn.max<number>('seq'), lit(-1)), '+', lit(1)).as('end'));

export const endOfLog = statement((db, _: object) => logEnd(db));

/** One row while a namespace may have one more. */
export const roomForWebhook = statement((db, p: { namespace: number; most: number }) =>
  db
    .selectNoFrom(({ lit }) => lit(1).as('room'))
    .where(({ eb }) =>
      eb(
        db
          .selectFrom('webhooks')
          .select(({ fn }) => fn.countAll<number>().as('n'))
          .where('namespace_id', '=', p.namespace),
        '<',
        p.most,
      ),
    ),
);

/** It is told of what happens from now on. */
export const insertWebhook = statement(
  (db, p: { id: string; namespace: number; body: Uint8Array; at: number }) =>
    db.insertInto('webhooks').values({
      id: p.id,
      namespace_id: p.namespace,
      version: 1,
      next_seq: logEnd(db),
      created_at: p.at,
      updated_at: p.at,
      body: p.body,
    }),
);

const COLUMNS = ['id', 'namespace_id', 'version', 'created_at', 'updated_at', 'body'] as const;

export const webhookById = statement((db, p: { id: string; namespace: number }) =>
  db.selectFrom('webhooks').select(COLUMNS).where('id', '=', p.id).where('namespace_id', '=', p.namespace),
);
export type WebhookRow = typeof webhookById extends Statement<never, infer R> ? R : never;

export const webhooksOf = statement((db, p: { namespace: number }) =>
  db
    .selectFrom('webhooks')
    .select(COLUMNS)
    .where('namespace_id', '=', p.namespace)
    .orderBy('created_at')
    .orderBy('id'),
);

export const anyWebhook = statement((db, _: object) => db.selectFrom('webhooks').select('id').limit(1));

/** Changes no row where somebody else changed it since. */
export const changeWebhook = statement(
  (db, p: { id: string; namespace: number; version: number; body: Uint8Array; at: number }) =>
    db
      .updateTable('webhooks')
      .set((eb) => ({ version: eb('version', '+', eb.lit(1)), updated_at: p.at, body: p.body }))
      .where('id', '=', p.id)
      .where('namespace_id', '=', p.namespace)
      .where('version', '=', p.version),
);

/** After `changeWebhook`: one that was off is told of what happens from now on, and nothing of what it missed. */
export const resumeWebhook = statement((db, p: { id: string }) =>
  db
    .updateTable('webhooks')
    .set({ next_seq: logEnd(db) })
    .where('id', '=', p.id),
);

export const deleteWebhook = statement((db, p: { id: string; namespace: number; version: number }) =>
  db
    .deleteFrom('webhooks')
    .where('id', '=', p.id)
    .where('namespace_id', '=', p.namespace)
    .where('version', '=', p.version),
);

export const deleteWebhooksOf = statement((db, p: { namespace: number }) =>
  db.deleteFrom('webhooks').where('namespace_id', '=', p.namespace),
);

/** For whoever delivers: with the public id of the namespace, which is how the log names it. */
export const allWebhooks = statement((db, _: object) =>
  db
    .selectFrom('webhooks')
    .innerJoin('namespaces', 'namespaces.id', 'webhooks.namespace_id')
    .select([
      'webhooks.id',
      'webhooks.namespace_id',
      'namespaces.public_id',
      'webhooks.version',
      'webhooks.next_seq',
      'webhooks.body',
    ])
    .orderBy('webhooks.id'),
);

/** A place never moves back: a late save must not undo what resumed the webhook meanwhile. */
export const savePlace = statement((db, p: { id: string; next: number }) =>
  db.updateTable('webhooks').set({ next_seq: p.next }).where('id', '=', p.id).where('next_seq', '<', p.next),
);
