import { InvalidArgumentError } from 'commander';

const SECONDS = { m: 60, h: 3600, d: 86_400, w: 604_800 };

/** `30m`, `12h`, `90d`, `4w` or `0` → seconds; undefined for anything else. */
function secondsOf(text: string): number | undefined {
  if (text === '0') return 0;
  const [, count, unit] = /^(\d{1,6})([mhdw])$/.exec(text) ?? [];
  return unit === undefined ? undefined : Number(count) * SECONDS[unit as keyof typeof SECONDS];
}

/** @throws InvalidArgumentError */
export function duration(text: string): number {
  const seconds = secondsOf(text);
  if (seconds === undefined) throw new InvalidArgumentError('Write a time such as 30m, 12h or 7d.');
  return seconds;
}

/** Whole days: `90d`, `4w`. @throws InvalidArgumentError */
export function days(text: string): number {
  const found = (secondsOf(text) ?? 0) / SECONDS.d;
  if (found < 1 || !Number.isInteger(found))
    throw new InvalidArgumentError('Write days or weeks, such as 90d or 4w.');
  return found;
}

const ISO = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/;

/** A time from now, or an ISO 8601 date (its beginning in UTC) or date-time → ISO 8601. @throws InvalidArgumentError */
export function endTime(text: string, now = Date.now()): string {
  const seconds = secondsOf(text);
  const at = seconds ? now + seconds * 1000 : ISO.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(at) && at <= now) throw new InvalidArgumentError('It is in the past.');
  if (Number.isNaN(at) || at > Date.UTC(9999, 11, 31))
    throw new InvalidArgumentError('Write a time such as 90d, 2030-01-31 or 2030-01-31T12:00:00Z.');
  return new Date(at).toISOString();
}
