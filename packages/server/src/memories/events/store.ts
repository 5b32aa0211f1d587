import { statement } from '../../database/statement.ts';

/** Changes no row where an event of that id is there already. */
export const insertEvent = statement(
  (db, p: { id: Uint8Array; subject: number; at: number; body: Uint8Array }) =>
    db
      .insertInto('memory_events')
      .values({ id: p.id, subject_id: p.subject, created_at: p.at, body: p.body })
      .onConflict((conflict) => conflict.doNothing()),
);

export const deleteEvent = statement((db, p: { id: Uint8Array }) =>
  db.deleteFrom('memory_events').where('id', '=', p.id),
);

export const eventById = statement((db, p: { id: Uint8Array; after: number }) =>
  db
    .selectFrom('memory_events')
    .select(['id', 'subject_id', 'created_at', 'body'])
    .where('id', '=', p.id)
    .where('created_at', '>', p.after),
);

interface Newest {
  after: number;
  offset: number;
  limit: number;
}

/** Events of one subject that came after a moment, the newest first. */
export const eventsOfSubject = statement((db, p: Newest & { subject: number }) =>
  db
    .selectFrom('memory_events')
    .select(['id', 'subject_id', 'created_at', 'body'])
    .where('subject_id', '=', p.subject)
    .where('created_at', '>', p.after)
    .orderBy('created_at', 'desc')
    .orderBy('row', 'desc')
    .limit(p.limit)
    .offset(p.offset),
);

/** The same of all subjects of a namespace whose keys are there. */
export const eventsOfNamespace = statement((db, p: Newest & { namespace: number }) =>
  db
    .selectFrom('memory_events')
    .innerJoin('subjects', 'subjects.id', 'memory_events.subject_id')
    .select(['memory_events.id', 'subject_id', 'memory_events.created_at', 'body'])
    .where('namespace_id', '=', p.namespace)
    .where('state', '=', 'active')
    .where('memory_events.created_at', '>', p.after)
    .orderBy('memory_events.created_at', 'desc')
    .orderBy('row', 'desc')
    .limit(p.limit)
    .offset(p.offset),
);

export const countOfNamespace = statement((db, p: { namespace: number; after: number }) =>
  db
    .selectFrom('memory_events')
    .innerJoin('subjects', 'subjects.id', 'memory_events.subject_id')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('namespace_id', '=', p.namespace)
    .where('state', '=', 'active')
    .where('memory_events.created_at', '>', p.after),
);

/** A portion of the events that are older than that, and one row for each. */
export const deleteEventsUntil = statement((db, p: { until: number; limit: number }) =>
  db
    .deleteFrom('memory_events')
    .where('row', 'in', (eb) =>
      eb
        .selectFrom('memory_events')
        .select('row')
        .where('created_at', '<=', p.until)
        .orderBy('created_at')
        .limit(p.limit),
    )
    .returning('row'),
);

/** The same in one namespace. */
export const deleteEventsOfUntil = statement((db, p: { until: number; limit: number; namespace: number }) =>
  db
    .deleteFrom('memory_events')
    .where('row', 'in', (eb) =>
      eb
        .selectFrom('memory_events')
        .innerJoin('subjects', 'subjects.id', 'memory_events.subject_id')
        .select('row')
        .where('memory_events.created_at', '<=', p.until)
        .where('subjects.namespace_id', '=', p.namespace)
        .orderBy('memory_events.created_at')
        .limit(p.limit),
    )
    .returning('row'),
);
