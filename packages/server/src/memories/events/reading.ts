import { parse as uuidBytes, stringify as uuidText } from 'uuid';
import type { Entities } from '../../access/actor.ts';
import type { Reader } from '../../database/reader.ts';
import { subjectByDigest, subjectById } from '../../encryption/store.ts';
import type { Subject, SubjectKeys } from '../../encryption/subject-keys.ts';
import { ENTITY_FIELDS, within } from '../memory.ts';
import { countOfNamespace, eventById, eventsOfNamespace, eventsOfSubject } from './store.ts';
import { EVENTS_KEPT_MS, openEvent, type StoredEvent } from './stored-event.ts';

/** Events that are opened to learn whose they are, for a caller that is bound to some: so many, of so many bytes. */
const LOOKED_AT = 5000;
const LOOKED_AT_BYTES = 8 * 1024 * 1024;
const PORTION = 200;

interface Asked {
  namespace: number;
  reach: Entities;
  now: number;
}
export interface EventListing {
  events: StoredEvent[];
  total: number;
  partial?: boolean;
}
type Row = { id: Uint8Array; subject_id: number; created_at: number; body: Uint8Array };

/** Outcomes of adds and deletions, for those who reach the memories that they are of. */
export class EventReading {
  private readonly reader: Reader;
  private readonly keys: SubjectKeys;
  private readonly onUnopened: (id: string) => void;

  constructor(reader: Reader, keys: SubjectKeys, onUnopened: (id: string) => void) {
    this.reader = reader;
    this.keys = keys;
    this.onUnopened = onUnopened;
  }

  /** The event; `foreign` where it is one of somebody beyond the reach, undefined where there is none. */
  async one({ namespace, reach, now }: Asked, id: string): Promise<StoredEvent | 'foreign' | undefined> {
    const [row] = await this.reader.all(eventById, { id: uuidBytes(id), after: now - EVENTS_KEPT_MS });
    const [owner] = row ? await this.reader.all(subjectById, { id: row.subject_id }) : [];
    if (!row || owner?.state !== 'active') return undefined;
    if (owner.namespace_id !== namespace) return 'foreign';
    const event = this.open(await this.keys.of(owner), row);
    return !event || within(event.entities, reach) ? event : 'foreign';
  }

  /** A page, the newest first. */
  async page(asked: Asked, offset: number, limit: number): Promise<EventListing> {
    const { namespace, reach, now } = asked;
    const after = now - EVENTS_KEPT_MS;
    const subject = await this.subjectOf(asked);
    if (subject === 'none') return { events: [], total: 0 };
    const rows = (part: { offset: number; limit: number }): Promise<Row[]> =>
      subject
        ? this.reader.all(eventsOfSubject, { subject, after, ...part })
        : this.reader.all(eventsOfNamespace, { namespace, after, ...part });
    if (ENTITY_FIELDS.every((field) => reach[field] === undefined)) {
      const [counted] = await this.reader.all(countOfNamespace, { namespace, after });
      return { events: await this.opened(await rows({ offset, limit })), total: counted!.count };
    }
    return this.reader.snapshot(() => this.pageWithin(rows, reach, offset, limit));
  }

  /** The page of those within the reach. Only what is shown is kept: an event may name a thousand ids. */
  private async pageWithin(
    rows: (part: { offset: number; limit: number }) => Promise<Row[]>,
    reach: Entities,
    offset: number,
    limit: number,
  ): Promise<EventListing> {
    const events: StoredEvent[] = [];
    let total = 0;
    let bytes = 0;
    for (let seen = 0; ; seen += PORTION) {
      const portion = await rows({ offset: seen, limit: PORTION });
      for (const event of await this.opened(portion)) {
        if (!within(event.entities, reach)) continue;
        if (total >= offset && total < offset + limit) events.push(event);
        total++;
      }
      if (portion.length < PORTION) return { events, total };
      for (const { body } of portion) bytes += body.length;
      if (seen + PORTION >= LOOKED_AT || bytes >= LOOKED_AT_BYTES) return { events, total, partial: true };
    }
  }

  private async subjectOf({ namespace, reach }: Asked): Promise<number | 'none' | undefined> {
    if (reach.user_id === undefined) return undefined;
    const digest = this.keys.digest(namespace, { kind: 'user', id: reach.user_id });
    const [subject] = await this.reader.all(subjectByDigest, { digest });
    return subject?.state === 'active' ? subject.id : 'none';
  }

  private async opened(rows: readonly Row[]): Promise<StoredEvent[]> {
    const events: StoredEvent[] = [];
    for (const row of rows) {
      const [owner] = await this.reader.all(subjectById, { id: row.subject_id });
      if (owner?.state !== 'active') continue;
      const event = this.open(await this.keys.of(owner), row);
      if (event) events.push(event);
    }
    return events;
  }

  /** One that somebody changed from outside keeps no other from being read. */
  private open(subject: Subject, row: Row): StoredEvent | undefined {
    try {
      return openEvent(subject, row);
    } catch {
      this.onUnopened(uuidText(row.id));
      return undefined;
    }
  }
}
