import { canonicalJson, type Json } from '../canonical-json.ts';
import type { AuditRecord } from '../record.ts';
import type { StreamFormat } from './address.ts';

/** Brings an event into one line of text, without the newline. */
export type Formatter = (record: AuditRecord) => string;

/** One spelling on one line: line breaks and what would move a terminal or reorder text are escaped. */
const line = (object: object) => canonicalJson(object as Json);

/** The mappings of SIEMs are loaded when a stream asks for them: the thread of an installation without needs none. */
export async function formatterOf(format: StreamFormat): Promise<Formatter> {
  switch (format) {
    case 'ocsf': {
      const { toOcsf } = await import('../formats/ocsf.ts');
      return (record) => line(toOcsf(record));
    }
    case 'ecs': {
      const { toEcs } = await import('../formats/ecs.ts');
      return (record) => line(toEcs(record));
    }
    default:
      return line;
  }
}

/** JSON that is pure ASCII: what is not goes out as \u escapes, which mean the same. */
export function ascii(json: string): string {
  return json.replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Stands for an event that cannot be sent as it is (too large for a datagram): where in the log all of it is. */
export function placeOf({ id, leaf_hash, event_type, timestamp }: AuditRecord): string {
  return line({ id, leaf_hash, event_type, timestamp, left_out: true });
}

/** Which event a line of any format is of. Undefined where the line is not whole, or of something else. */
export function positionIn(payload: string): number | undefined {
  try {
    const { id, metadata, event } = JSON.parse(payload);
    const position: unknown = id ?? metadata?.sequence ?? event?.sequence;
    return Number.isSafeInteger(position) ? (position as number) : undefined;
  } catch {
    return undefined;
  }
}
