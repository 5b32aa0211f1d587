import { cuesOf } from './cues.ts';
import { dateTerms, relativeDateTerms } from './dates.ts';
import { terms } from './tokens.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** What listing and filtering need of a memory. Times are epoch ms; `expiresOn` is a UTC day, inclusive. */
export interface RecordFacts {
  /** `user`, `assistant` or what else the caller calls the part that the speaker plays. */
  readonly role?: string;
  /** The speaker's own name, where the caller gave one. */
  readonly speaker?: string;
  /** The conversation that the memory is a turn of; `runId` stands in where it is absent. */
  readonly thread?: string;
  /** The moment that the memory tells of: the caller's timestamp, else when it was created. */
  readonly time: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly expiresOn?: string;
  readonly userId?: string;
  readonly agentId?: string;
  readonly appId?: string;
  readonly runId?: string;
  readonly metadata: Readonly<Record<string, Json>>;
  readonly categories?: readonly string[];
  readonly labels?: readonly string[];
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

/**
 * One version byte, then UTF-8: the facts as a JSON array, the date terms and the terms, a line each. JSON
 * holds no line break and terms hold no space, so nothing needs escaping, and the native JSON and split are
 * faster than any reader written in JavaScript.
 */
export function encodeRecord(record: IndexRecord): Uint8Array {
  const facts = JSON.stringify([
    record.time,
    record.createdAt,
    record.updatedAt,
    record.cues,
    record.firstPerson,
    record.role,
    record.speaker,
    record.thread,
    record.userId,
    record.agentId,
    record.appId,
    record.runId,
    record.expiresOn,
    record.metadata,
    record.categories,
    record.labels,
  ]);
  const version = String.fromCharCode(VERSION);
  return Buffer.from(`${version}${facts}\n${record.dates.join(' ')}\n${record.terms.join(' ')}`);
}

type Maybe<T> = T | null;
type EncodedFacts = [
  time: number,
  createdAt: number,
  updatedAt: number,
  cues: number,
  firstPerson: number,
  role: Maybe<string>,
  speaker: Maybe<string>,
  thread: Maybe<string>,
  userId: Maybe<string>,
  agentId: Maybe<string>,
  appId: Maybe<string>,
  runId: Maybe<string>,
  expiresOn: Maybe<string>,
  metadata: Record<string, Json>,
  categories: Maybe<string[]>,
  labels: Maybe<string[]>,
];

/** The record that `encodeRecord` wrote. Throws `RecordError`. */
export function decodeRecord(bytes: Uint8Array): IndexRecord {
  if (bytes[0] !== VERSION) throw new RecordError(`index record of unknown version ${bytes[0]}`);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8', 1);
  const endOfFacts = text.indexOf('\n');
  const endOfDates = text.indexOf('\n', endOfFacts + 1);
  if (endOfFacts < 0 || endOfDates < 0) throw new RecordError('index record is cut short');
  const facts = parseFacts(text.slice(0, endOfFacts));
  const [time, createdAt, updatedAt, cues, firstPerson, role, speaker, thread] = facts;
  const [, , , , , , , , userId, agentId, appId, runId, expiresOn, metadata, categories, labels] = facts;
  return {
    time,
    createdAt,
    updatedAt,
    ...(role !== null && { role }),
    ...(speaker !== null && { speaker }),
    ...(thread !== null && { thread }),
    ...(userId !== null && { userId }),
    ...(agentId !== null && { agentId }),
    ...(appId !== null && { appId }),
    ...(runId !== null && { runId }),
    ...(expiresOn !== null && { expiresOn }),
    metadata,
    ...(categories !== null && { categories }),
    ...(labels !== null && { labels }),
    terms: split(text.slice(endOfDates + 1)),
    dates: split(text.slice(endOfFacts + 1, endOfDates)),
    cues,
    firstPerson,
  };
}

function parseFacts(json: string): EncodedFacts {
  try {
    return JSON.parse(json) as EncodedFacts;
  } catch (cause) {
    throw new RecordError('index record is damaged', { cause });
  }
}

const split = (line: string) => (line === '' ? [] : line.split(' '));
