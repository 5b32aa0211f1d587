import { type Skeleton, userOf } from '../record.ts';

/** What of an event's public part is searched by. */
export interface SkeletonFields {
  type: string;
  severity: string;
  success: boolean;
  /** Unix time in milliseconds. */
  time: number;
  /** Public id of the account behind the actor. */
  user: string | undefined;
  namespace: string | undefined;
  /** Public ids of the accounts that it is about. */
  accounts: readonly string[];
  /** Positions and ranges of events that it tells the removal of. */
  removed: readonly string[];
}

// Canonical JSON has one spelling, its keys sorted. A quote inside a string stands behind a backslash, so that none of
// these can match inside of one.
const PLAIN = '([\\x20\\x21\\x23-\\x5b\\x5d-\\x7e]*)';
const ACTOR = new RegExp(
  `"actor":\\{(?:"account":"${PLAIN}",)?(?:"id":"${PLAIN}",)?"kind":"([a-z_]+)"[,}]`,
  'y',
);
const NAMESPACE = new RegExp(`,"namespace":"${PLAIN}"[,}]`, 'y');
const END =
  /,"severity":"([a-z]+)","success":(true|false),"time":(0|-?[1-9]\d{0,14}),"type":"([a-z0-9._]+)","v":1\}$/y;

const NOTHING: readonly string[] = [];
const ABOUT_ACCOUNTS = ['account', 'user'];
const REMOVAL = 'audit.records.removed';

/**
 * Reads a public part without parsing all of it: an index of a million events is made from these. What it does not
 * recognise at once it parses.
 * @returns undefined where the bytes are no event, as after a change of the file: `memhold audit verify` names it
 */
export function skeletonFields(skeleton: Uint8Array): SkeletonFields | undefined {
  const bytes = Buffer.from(skeleton.buffer, skeleton.byteOffset, skeleton.byteLength);
  return quickly(bytes) ?? parsed(bytes);
}

function quickly(bytes: Buffer): SkeletonFields | undefined {
  // One character a byte: positions in the text are positions in the bytes.
  const text = bytes.toString('latin1');
  const end = text.lastIndexOf(',"severity":"');
  const start = text.indexOf('"actor":{"');
  if (start < 0 || end < start) return undefined;
  END.lastIndex = end;
  ACTOR.lastIndex = start;
  const last = END.exec(text);
  const actor = ACTOR.exec(text);
  if (!last || !actor) return undefined;
  const [, account, id, kind] = actor;
  const namespaceAt = text.indexOf(',"namespace":"', start);
  let namespace: string | undefined;
  if (namespaceAt >= 0 && namespaceAt < end) {
    NAMESPACE.lastIndex = namespaceAt;
    namespace = NAMESPACE.exec(text)?.[1];
    if (namespace === undefined) return undefined;
  }
  const type = last[4]!;
  const isRemoval = type === REMOVAL;
  // Ids are read where they are searched by; those of memories are not.
  if (
    isRemoval ||
    ABOUT_ACCOUNTS.some((about) => text.startsWith(`"type":"${about}"}`, end - 10 - about.length))
  )
    return undefined;
  return {
    type,
    severity: last[1]!,
    success: last[2] === 'true',
    time: Number(last[3]),
    user: account ?? (kind === 'account' || kind === 'operator' ? id : undefined),
    namespace,
    accounts: NOTHING,
    removed: NOTHING,
  };
}

function parsed(bytes: Buffer): SkeletonFields | undefined {
  try {
    const { type, severity, success, time, actor, namespace, resource } = JSON.parse(
      bytes.toString(),
    ) as Skeleton;
    if (typeof type !== 'string' || typeof time !== 'number') return undefined;
    const ids = resource?.ids ?? NOTHING;
    return {
      type,
      severity,
      success,
      time,
      user: userOf(actor),
      namespace,
      accounts: resource && ABOUT_ACCOUNTS.includes(resource.type) ? ids : NOTHING,
      removed: type === REMOVAL ? ids : NOTHING,
    };
  } catch {
    return undefined;
  }
}
