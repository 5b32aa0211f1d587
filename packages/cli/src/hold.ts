import { InvalidArgumentError } from 'commander';

/** A legal hold as the service shows it. Times are ISO 8601. */
export interface Hold {
  id: string;
  reason: string;
  namespace: string | null;
  user_id: string | null;
  from: string | null;
  to: string | null;
  placed_at: string;
  placed_by: string;
  lifted_at: string | null;
  lift_reason: string | null;
}

/** What a hold keeps, in words. */
export function criteriaOf({ namespace, user_id, from, to }: Hold): string {
  const parts = [
    user_id !== null && `of user ${user_id}`,
    namespace !== null && `in namespace ${namespace}`,
    from !== null && `from ${from}`,
    to !== null && `to ${to}`,
  ].filter((part) => part !== false);
  return ['every event', ...parts].join(' ');
}

const ISO = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?$/;

/** An ISO 8601 date (its beginning in UTC) or date-time with an offset → ISO 8601. @throws InvalidArgumentError */
export function moment(text: string): string {
  const at = ISO.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at))
    throw new InvalidArgumentError('Write a time such as 2026-01-31 or 2026-01-31T12:00:00Z.');
  return new Date(at).toISOString();
}

/** The same, where a date stands for its end: a hold up to a day keeps that day. @throws InvalidArgumentError */
export function lastMoment(text: string): string {
  const at = moment(text);
  return text.includes('T') ? at : `${at.slice(0, 10)}T23:59:59.999Z`;
}
