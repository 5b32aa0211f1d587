import type { Json } from '../json.ts';
import { cuesOf } from './cues.ts';
import { dateTerms, relativeDateTerms } from './dates.ts';
import { terms } from './tokens.ts';

/** Who speaks to whom and where: the same for many memories, which share it. */
export interface Who {
  /** `user`, `assistant` or what else the caller calls the part that the speaker plays. */
  readonly role?: string | undefined;
  /** The speaker's own name, where the caller gave one. */
  readonly speaker?: string | undefined;
  /** The conversation that the memory is a turn of; `runId` stands in where it is absent. */
  readonly thread?: string | undefined;
  readonly userId?: string | undefined;
  readonly agentId?: string | undefined;
  readonly appId?: string | undefined;
  readonly runId?: string | undefined;
}

/** What callers attach to a memory; most have nothing of it. `expiresOn` is a UTC day, inclusive. */
export interface More {
  readonly metadata: Readonly<Record<string, Json>>;
  readonly expiresOn?: string | undefined;
  readonly categories?: readonly string[] | undefined;
  readonly labels?: readonly string[] | undefined;
}

/** What listing and filtering need of a memory. Times are epoch ms. */
export interface RecordFacts extends Who, More {
  /** The moment that the memory tells of: the caller's timestamp, else when it was created. */
  readonly time: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface RecordInput extends RecordFacts {
  readonly text: string;
}

/** The index record of one memory: its own terms only, nothing of its neighbours, and never its text. */
export interface IndexRecord extends RecordFacts {
  /** Terms of the text in order, with repeats. */
  readonly terms: readonly string[];
  /** Terms of the days that it tells of. */
  readonly dates: readonly string[];
  /** What the wording shows, as bits (`CUE`). */
  readonly cues: number;
  /** How many words of the text are I, me, my … */
  readonly firstPerson: number;
}

const VERSION = 1;

/** A sealed record that this version cannot read: from a newer version, or damaged. */
export class RecordError extends Error {
  readonly code = 'invalid_record';
  override readonly name = 'RecordError';
}

/** Analyses one memory. Pure: the same input gives the same record. */
export function buildRecord(input: RecordInput): IndexRecord {
  const { text, ...facts } = input;
  const said = cuesOf(text);
  const dates = dateTerms(input.time);
  for (const term of relativeDateTerms(text, input.time)) if (!dates.includes(term)) dates.push(term);
  return { ...facts, terms: terms(text), dates, cues: said.cues, firstPerson: said.firstPerson };
}

/** A record as it was read: its terms still encoded, because a shard takes their numbers straight from the bytes. */
export interface EncodedRecord {
  readonly time: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly cues: number;
  readonly firstPerson: number;
  /** `Who` as JSON, for `parseWho`. */
  readonly who: string;
  readonly more: More;
  /** Encoded size of `more`, in bytes. */
  readonly moreSize: number;
  /** UTF-8: the date terms from `dates` to `terms`, the terms from there to the end, with spaces between. */
  readonly bytes: Uint8Array;
  readonly dates: number;
  readonly terms: number;
}

/** What nearly all memories share. */
const NOTHING_MORE: More = Object.freeze({ metadata: Object.freeze({}) });

/** Places of the head: version, cues (1 byte each), firstPerson (2), times (8 each), sizes of the next parts (4). */
const CUES = 1;
const FIRST_PERSON = 2;
const TIME = 4;
const CREATED = 12;
const UPDATED = 20;
const WHO_SIZE = 28;
const MORE_SIZE = 32;
const DATES_SIZE = 36;
const HEAD = 40;

/**
 * A head of fixed size, then UTF-8: `Who` as JSON, `More` as JSON (nothing, when it is empty), the date terms,
 * the terms. Terms hold no space, so one between them is enough.
 */
export function encodeRecord(record: IndexRecord): Uint8Array {
  const { role, speaker, thread, userId, agentId, appId, runId } = record;
  const who = JSON.stringify([role, speaker, thread, userId, agentId, appId, runId]);
  const more = encodeMore(record);
  const dates = record.dates.join(' ');
  const terms = record.terms.join(' ');
  const bytes = Buffer.allocUnsafe(HEAD + Buffer.byteLength(who + more + dates + terms));
  bytes[0] = VERSION;
  bytes[CUES] = record.cues;
  bytes.writeUInt16LE(Math.min(record.firstPerson, 0xffff), FIRST_PERSON);
  bytes.writeDoubleLE(record.time, TIME);
  bytes.writeDoubleLE(record.createdAt, CREATED);
  bytes.writeDoubleLE(record.updatedAt, UPDATED);
  let at = HEAD;
  for (const [part, size] of [
    [who, WHO_SIZE],
    [more, MORE_SIZE],
    [dates, DATES_SIZE],
  ] as const) {
    const written = bytes.write(part, at);
    bytes.writeUInt32LE(written, size);
    at += written;
  }
  bytes.write(terms, at);
  return bytes;
}

/** The record that `encodeRecord` wrote. Throws `RecordError`. */
export function decodeRecord(encoded: Uint8Array): EncodedRecord {
  if (encoded[0] !== VERSION) throw new RecordError(`index record of unknown version ${encoded[0]}`);
  if (encoded.length < HEAD) throw new RecordError('index record is cut short');
  const bytes = Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength);
  const more = HEAD + bytes.readUInt32LE(WHO_SIZE);
  const moreSize = bytes.readUInt32LE(MORE_SIZE);
  const dates = more + moreSize;
  const terms = dates + bytes.readUInt32LE(DATES_SIZE);
  if (terms > bytes.length) throw new RecordError('index record is cut short');
  return {
    time: bytes.readDoubleLE(TIME),
    createdAt: bytes.readDoubleLE(CREATED),
    updatedAt: bytes.readDoubleLE(UPDATED),
    cues: bytes[CUES]!,
    firstPerson: bytes.readUInt16LE(FIRST_PERSON),
    who: bytes.toString('utf8', HEAD, more),
    more: moreSize === 0 ? NOTHING_MORE : parseMore(bytes.toString('utf8', more, dates)),
    moreSize,
    bytes,
    dates,
    terms,
  };
}

/** `Who` of an encoded record. Throws `RecordError`. */
export function parseWho(json: string): Who {
  const [role, speaker, thread, userId, agentId, appId, runId] = parse<string>(json);
  return { role, speaker, thread, userId, agentId, appId, runId };
}

function encodeMore({ metadata, expiresOn, categories, labels }: More): string {
  let bare = expiresOn === undefined && categories === undefined && labels === undefined;
  for (const _ in metadata) bare = false;
  return bare ? '' : JSON.stringify([metadata, expiresOn, categories, labels]);
}

function parseMore(json: string): More {
  const [metadata, expiresOn, categories, labels] = parse<never>(json);
  return { metadata: metadata!, expiresOn, categories, labels };
}

/** The values of a JSON list, where null stands for none. */
function parse<T>(json: string): (T | undefined)[] {
  try {
    return (JSON.parse(json) as (T | null)[]).map((value) => value ?? undefined);
  } catch (cause) {
    throw new RecordError('index record is damaged', { cause });
  }
}
