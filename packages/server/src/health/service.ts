/** The parts that a ready server needs; each answers within a second or counts as not well. */
export interface HealthDependencies {
  startedAt: number;
  now(): number;
  version: string;
  /** Resolves when the writer answers a query. */
  database(): Promise<void>;
  /** False once a write was refused by the disk, or a thread is gone. */
  writable(): boolean;
  /** Share of the heap limit in use, 0 to 1. */
  heapShare(): number;
  features: Record<string, boolean>;
}

export type Health = 'healthy' | 'unhealthy';

export interface Readiness {
  status: Health;
  details: Record<'database' | 'resources' | 'authentication' | 'audit_logging', Health>;
}

const DATABASE_DEADLINE_MS = 900;
const HEAP_LIMIT_SHARE = 0.95;

export class HealthService {
  readonly dependencies: HealthDependencies;

  constructor(dependencies: HealthDependencies) {
    this.dependencies = dependencies;
  }

  get uptimeSeconds(): number {
    return Math.round((this.dependencies.now() - this.dependencies.startedAt) / 1000);
  }

  /** Milliseconds of one look-up through the writer, or undefined when it did not answer in time. */
  async databaseMs(): Promise<number | undefined> {
    const start = performance.now();
    const { promise: deadline, resolve } = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => resolve(undefined), DATABASE_DEADLINE_MS);
    const answered = this.dependencies.database().then(
      () => performance.now() - start,
      () => undefined,
    );
    try {
      return await Promise.race([answered, deadline]);
    } finally {
      clearTimeout(timer);
    }
  }

  async readiness(): Promise<Readiness> {
    const well = (yes: boolean): Health => (yes ? 'healthy' : 'unhealthy');
    const database = (await this.databaseMs()) !== undefined;
    const writable = this.dependencies.writable();
    const resources = this.dependencies.heapShare() < HEAP_LIMIT_SHARE;
    // Accounts and the audit log live in the same database: they are well when it answers and takes writes.
    return {
      status: well(database && writable && resources),
      details: {
        database: well(database),
        resources: well(resources),
        authentication: well(database),
        audit_logging: well(database && writable),
      },
    };
  }
}

/** `1d 2h 3m 4s`, without leading zero parts. */
export function humanDuration(seconds: number): string {
  const units: [string, number][] = [
    ['d', 86_400],
    ['h', 3600],
    ['m', 60],
  ];
  let rest = seconds;
  const parts: string[] = [];
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size);
    if (count > 0 || parts.length > 0) parts.push(`${count}${unit}`);
    rest -= count * size;
  }
  return [...parts, `${rest}s`].join(' ');
}
