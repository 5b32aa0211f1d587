/** How long an alert of a kind and subject stands for those that follow. */
export const QUIET_MS = 15 * 60_000;
/** Different subjects of one kind in one namespace that are told of in that time: a flood tells no more than these. */
const SUBJECTS = 5;
const KEPT = 10_000;

interface Told {
  at: number;
  heldBack: number;
}

interface Group {
  /** When its last alerts were let through, oldest first; at most `SUBJECTS`. */
  times: number[];
  heldBack: number;
}

/**
 * Keeps alerts from becoming a flood that nobody reads. A namespace has an allowance of its own for each kind, so that
 * no tenant can use up another's.
 */
export class Repetitions {
  private readonly subjects = new Map<string, Told>();
  private readonly groups = new Map<string, Group>();

  /**
   * `now` in milliseconds of a clock that is never set. Returns how many alerts were held back since the last one of
   * the same kind and subject, or for want of allowance; undefined when this one is to be held back.
   */
  admit(
    { kind, namespace = '', subject }: { kind: string; namespace?: string; subject: string },
    now: number,
  ): number | undefined {
    const groupKey = `${kind} ${namespace}`;
    const subjectKey = `${groupKey} ${subject}`;
    const told = this.subjects.get(subjectKey);
    if (told && now - told.at < QUIET_MS) {
      told.heldBack++;
      return undefined;
    }
    const group = this.groups.get(groupKey) ?? { times: [], heldBack: 0 };
    group.times = group.times.filter((at) => now - at < QUIET_MS);
    keep(this.groups, groupKey, group);
    if (group.times.length >= SUBJECTS) {
      group.heldBack++;
      return undefined;
    }
    group.times.push(now);
    const heldBack = (told?.heldBack ?? 0) + group.heldBack;
    group.heldBack = 0;
    keep(this.subjects, subjectKey, { at: now, heldBack: 0 });
    return heldBack;
  }
}

/** In the order of use: beyond the bound, what was quiet the longest goes. */
function keep<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > KEPT) map.delete(map.keys().next().value!);
}
