import type { Check, Status } from './check.ts';
import { type ItemName, type Section, sections } from './items.ts';
import { type ProfileName, profiles } from './profiles.ts';

export interface ItemOutcome {
  readonly name: ItemName;
  readonly section: Section;
  readonly title: string;
  readonly status: Status;
  readonly checks: readonly Check[];
}

export interface Checklist {
  readonly profile: ProfileName;
  readonly time: Date;
  readonly project: string;
  readonly items: readonly ItemOutcome[];
  readonly counts: Readonly<Record<Status, number>>;
  /** 0: all that applies passes; 1: something fails; 2: something could not be judged, or nothing was. */
  readonly exitCode: 0 | 1 | 2;
}

/** Of each item the worst of its checks; one without any check is unknown, for nothing was looked at. */
export function evaluate(
  checks: readonly Check[],
  { profile, time, project }: Pick<Checklist, 'profile' | 'time' | 'project'>,
): Checklist {
  const { unknownFails } = profiles[profile];
  const items = Object.entries(sections).flatMap(([section, titles]) =>
    Object.entries(titles).map(([name, title]): ItemOutcome => {
      const own = checks.filter(({ item }) => item === name);
      const worst = worstOf(own.map(({ status }) => status));
      const status = worst === 'unknown' && unknownFails ? 'fail' : worst;
      return { name: name as ItemName, section: section as Section, title, status, checks: own };
    }),
  );
  const counts = { pass: 0, fail: 0, unknown: 0, 'not-applicable': 0 };
  for (const { status } of items) counts[status]++;
  const isJudged = counts.unknown === 0 && counts.pass > 0;
  return { profile, time, project, items, counts, exitCode: counts.fail > 0 ? 1 : isJudged ? 0 : 2 };
}

function worstOf(statuses: readonly Status[]): Status {
  if (statuses.length === 0) return 'unknown';
  const order = ['fail', 'unknown', 'pass'] as const;
  return order.find((one) => statuses.includes(one)) ?? 'not-applicable';
}
