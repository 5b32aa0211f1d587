import { fillRandom } from '../encryption/randomness.ts';
import type { Json } from './canonical-json.ts';
import { canonicalJson, canonicalString } from './canonical-json.ts';
import { commit, SALT_BYTES } from './commitment.ts';
import type { EventType, Severity } from './events.ts';
import { EVENT_SEVERITY } from './events.ts';
import { leafHash } from './merkle.ts';

/** Who did it. `id` is an opaque id, never a name or an address: the skeleton cannot be erased. */
export type AuditActor = {
  readonly kind: 'account' | 'api_key' | 'certificate' | 'operator' | 'system' | 'anonymous';
  readonly id?: string;
  readonly session?: string;
  /** Whose key or certificate it is; absent where that is `id` itself. */
  readonly account?: string;
};

/** What happened. Everything outside `private` is kept for ever: ids, codes and times only. */
export type AuditEvent = {
  readonly type: EventType;
  /** Default: the severity of the type. */
  readonly severity?: Severity;
  /** Unix time in milliseconds. */
  readonly time: number;
  readonly actor: AuditActor;
  readonly namespace?: string;
  readonly resource?: { readonly type: string; readonly ids: readonly string[] };
  readonly action?: string;
  readonly success: boolean;
  /** Stable error code where it failed. */
  readonly code?: string;
  readonly requestId?: string;
  /** What was there before and after a change: the log keeps keyed commitments to them, never their text. */
  readonly before?: Json;
  readonly after?: Json;
  /** What may have to be erased one day (addresses, names, text): committed to, stored apart. */
  readonly private?: { readonly [key: string]: Json | undefined };
};

/** What the log stores for an event. The byte arrays may lie in Node's shared buffer pool. */
export type EncodedEvent = {
  /** The public part as canonical JSON, UTF-8: the entry that the leaf hash covers. */
  readonly skeleton: Uint8Array;
  /** The private part as canonical JSON, UTF-8. */
  readonly privatePart?: Uint8Array;
  /** 16 bytes; erased together with the private part. */
  readonly salt?: Uint8Array;
  /** Both, one after the other: what opens the commitment, and is sealed. */
  readonly opening?: Uint8Array;
  /** SHA-256(0x00 ‖ skeleton), 32 bytes. */
  readonly leafHash: Uint8Array;
};

const SALT_PLACE = '\0'.repeat(SALT_BYTES);

/** Version of the skeleton's shape, its property `v`. */
const SKELETON_VERSION = 1;

/**
 * Encodes an event for the log. The skeleton holds HMAC-SHA256(salt, private part) as `private`, so that
 * erasing the private part and its salt keeps every proof valid and leaves nothing to guess from.
 * `stateKey` keys the commitments to `before` and `after`; needed where the event has them.
 * Throws TypeError where the time is not a whole number or a part is not JSON.
 */
export function encodeEvent(event: AuditEvent, stateKey?: Uint8Array): EncodedEvent {
  if (event.private === undefined) {
    const skeleton = Buffer.from(skeletonText(event, stateKey, undefined));
    return { skeleton, leafHash: leafHash(skeleton) };
  }
  const opening = Buffer.from(SALT_PLACE + canonicalJson(event.private));
  fillRandom(opening, 0, SALT_BYTES);
  const salt = opening.subarray(0, SALT_BYTES);
  const privatePart = opening.subarray(SALT_BYTES);
  const skeleton = Buffer.from(skeletonText(event, stateKey, commit(salt, privatePart)));
  return { skeleton, leafHash: leafHash(skeleton), privatePart, salt, opening };
}

/**
 * The commitment to a state of a resource: HMAC-SHA256(key, canonical JSON of [type, ids, state]) in hex. With its
 * resource in it, so that equal states of two resources do not show.
 */
export function stateCommitment(key: Uint8Array, resource: AuditEvent['resource'], state: Json): string {
  return commit(key, canonicalJson([resource?.type ?? null, resource?.ids ?? [], state]));
}

/**
 * Written by hand because it is on the path of every read and write; must equal canonicalJson of the same
 * object (keys sorted), which a test holds.
 */
function skeletonText(
  event: AuditEvent,
  stateKey: Uint8Array | undefined,
  commitment: string | undefined,
): string {
  const { actor, resource, time } = event;
  if (!Number.isSafeInteger(time))
    throw new TypeError('the time of an event is a whole number of milliseconds');
  let text = event.action === undefined ? '{' : `{"action":${canonicalString(event.action)},`;
  text += '"actor":{';
  if (actor.account !== undefined) text += `"account":${canonicalString(actor.account)},`;
  if (actor.id !== undefined) text += `"id":${canonicalString(actor.id)},`;
  text += `"kind":${canonicalString(actor.kind)}`;
  if (actor.session !== undefined) text += `,"session":${canonicalString(actor.session)}`;
  text += '}';
  if (event.after !== undefined) text += `,"after":"${stateOf(event, event.after, stateKey)}"`;
  if (event.before !== undefined) text += `,"before":"${stateOf(event, event.before, stateKey)}"`;
  if (event.code !== undefined) text += `,"code":${canonicalString(event.code)}`;
  if (event.namespace !== undefined) text += `,"namespace":${canonicalString(event.namespace)}`;
  if (commitment !== undefined) text += `,"private":"${commitment}"`;
  if (event.requestId !== undefined) text += `,"requestId":${canonicalString(event.requestId)}`;
  if (resource !== undefined)
    text += `,"resource":{"ids":${canonicalJson(resource.ids)},"type":${canonicalString(resource.type)}}`;
  text += `,"severity":${canonicalString(event.severity ?? EVENT_SEVERITY[event.type])}`;
  text += `,"success":${event.success ? 'true' : 'false'},"time":${time === 0 ? 0 : time}`;
  return `${text},"type":${canonicalString(event.type)},"v":${SKELETON_VERSION}}`;
}

function stateOf(event: AuditEvent, state: Json, key: Uint8Array | undefined): string {
  if (key === undefined) throw new TypeError('a state before or after needs a key to be committed to');
  return stateCommitment(key, event.resource, state);
}
