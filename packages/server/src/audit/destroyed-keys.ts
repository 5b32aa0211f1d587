import { setImmediate } from 'node:timers/promises';
import type { Reader } from '../database/reader.ts';
import type { EventType } from './events.ts';
import { leafHash } from './merkle.ts';
import type { Skeleton } from './record.ts';
import { equalBytes } from './sha256.ts';
import { skeletonOf } from './source.ts';
import { eventsFrom, publicPartsFrom } from './store.ts';
import { subjectName } from './subject-events.ts';

const TYPE: EventType = 'key.destroyed';
/** How the public part of such an event ends: its type and the version of its shape are the last members. */
const END = Buffer.from(`,"type":"${TYPE}","v":1}`);
const PAGE = 1000;
/** Only what is done with memories and clusters is ever sealed with the key of a data subject. */
const OF_A_SUBJECT = /^(?:memory|cluster)\./;

/**
 * The keys of data subjects that the log says were destroyed. A private part counts as erased by that word alone: the
 * row of a subject, and the name of the key beside what it sealed, are anybody's who can write to the database.
 *
 * The whole log is read for it once, when it is first asked.
 */
export class DestroyedKeys {
  private readonly reader: Pick<Reader, 'all'>;
  /** Public id of the namespace, by the name that the log has for the key. */
  private found: Promise<Map<string, string | undefined>> | undefined;

  constructor(reader: Pick<Reader, 'all'>) {
    this.reader = reader;
  }

  /** Whether the private part of this event was sealed with that key, as far as can be told, and went with it. */
  async tookAlong(keyId: Uint8Array, event: Pick<Skeleton, 'type' | 'namespace'>): Promise<boolean> {
    if (!OF_A_SUBJECT.test(event.type) || event.namespace === undefined) return false;
    this.found ??= this.search();
    return (await this.found).get(subjectName(keyId)) === event.namespace;
  }

  private async search(): Promise<Map<string, string | undefined>> {
    const namespaces = new Map<string, string | undefined>();
    for (let from = 0; ; ) {
      const rows = await this.reader.all(publicPartsFrom, { from, limit: PAGE });
      for (const row of rows) {
        if (!endsSo(row.skeleton)) continue;
        const { type, success, resource, namespace } = (await this.event(row.seq)) ?? {};
        if (type !== TYPE || !success || resource?.type !== 'subject') continue;
        for (const name of resource.ids) namespaces.set(name, namespace);
      }
      if (rows.length < PAGE) return namespaces;
      from = rows.at(-1)!.seq + 1;
      // The reader answers at once: without a pause nothing else of this thread would have its turn.
      await setImmediate();
    }
  }

  /** The event at this place, unless it was altered. */
  private async event(seq: number): Promise<Skeleton | undefined> {
    const [row] = await this.reader.all(eventsFrom, { from: seq, limit: 1 });
    return row && equalBytes(leafHash(row.skeleton), row.leaf) ? skeletonOf(row) : undefined;
  }
}

const endsSo = (text: Uint8Array) =>
  text.length >= END.length && END.compare(text, text.length - END.length) === 0;
