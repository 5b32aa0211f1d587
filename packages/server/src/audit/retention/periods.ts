import { RETENTION_CLASSES, type RetentionClass } from '../catalog.ts';

/** How long events are kept, in days; a class that is not there is kept for ever. */
export type RetentionPeriods = Readonly<Partial<Record<RetentionClass, number>>>;

/** The periods cannot be what was meant. */
export class RetentionError extends Error {
  readonly code = 'invalid_configuration';
  readonly problems: readonly string[];

  constructor(problem: string) {
    super(problem);
    this.name = 'RetentionError';
    this.problems = [problem];
  }
}

const SETTING = 'MEMHOLD_AUDIT_RETENTION';
const ENTRY = /^([a-z]+)=([1-9]\d{0,4})d$/;
const SETTABLE = RETENTION_CLASSES.filter((name) => name !== 'evidence');

/**
 * Reads the setting: `["reads=90d", "security=730d"]`. What the log says of itself (`evidence`) is never removed.
 * @throws RetentionError that says what is wrong and what may stand there
 */
export function parseRetention(entries: readonly string[]): RetentionPeriods {
  const periods: Partial<Record<RetentionClass, number>> = {};
  for (const entry of entries) {
    const [, name = '', days] = ENTRY.exec(entry) ?? [];
    const known = SETTABLE.find((one) => one === name);
    if (known === undefined)
      throw new RetentionError(
        name === 'evidence'
          ? `${SETTING} names evidence: what the log says of itself is never removed; take it out`
          : `${SETTING} must list classes with 1 to 99999 days, such as reads=90d (of ${SETTABLE.join(', ')})`,
      );
    // Of two periods neither is surely the one that was meant, and the shorter one cannot be undone.
    if (periods[known] !== undefined)
      throw new RetentionError(`${SETTING} names ${known} twice: keep one of them`);
    periods[known] = Number(days);
  }
  return periods;
}
