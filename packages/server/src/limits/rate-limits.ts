import { hash } from 'node:crypto';
import { LimitError, type LimitStanding } from './errors.ts';
import { networkOf, siteOf } from './network.ts';

/** `count` at once, and again as many spread evenly over `seconds`. */
export interface Limit {
  count: number;
  seconds: number;
}

export const RATE_LIMITS = {
  register: { count: 60, seconds: 60 },
  'name-taken': { count: 20, seconds: 600 },
  login: { count: 120, seconds: 60 },
  refresh: { count: 120, seconds: 60 },
  mail: { count: 10, seconds: 600 },
  link: { count: 30, seconds: 600 },
  'refused-credential': { count: 60, seconds: 60 },
  /** By account, not by address. */
  invitation: { count: 50, seconds: 86_400 },
  /** By network; those that ask often by profession are told apart before. */
  health: { count: 10, seconds: 60 },
  /** The simple endpoints, by credential. */
  search: { count: 30, seconds: 60 },
  list: { count: 20, seconds: 60 },
  remember: { count: 20, seconds: 60 },
  forget: { count: 10, seconds: 60 },
} as const satisfies Record<string, Limit>;

export type RateLimit = keyof typeof RATE_LIMITS;

export type Taken = {
  /** How much is left; undefined while limits are off. */
  standing?: LimitStanding;
} & ({ allowed: true } | { allowed: false; retryAfterSeconds: number; first: boolean });

interface Bucket {
  /** When it is full again, in milliseconds times `count`: whole numbers, so that no rounding adds up. */
  fullAt: number;
  /** Somebody was refused since it was last full. */
  refused: boolean;
}

const KEYS = 50_000;
const SITE_FACTOR = 4;
/** Longer keys are kept as their SHA-256, so that nobody's text fills the memory. */
const LONGEST_KEY = 64;

/**
 * How often something may be asked for, by key, in the memory of this process: the generic cell rate algorithm
 * (ITU-T I.371) with a burst of `count`. In any window of w milliseconds at most `count × (1 + w / period)` pass.
 * Beyond `keys` the key unused the longest is forgotten: a key keeps its bucket while fewer than `keys` others are
 * used between two uses of it.
 */
export class RateLimits {
  private readonly buckets = new Map<string, Bucket>();
  private readonly enabled: boolean;
  private readonly now: () => number;
  private readonly limits: Record<RateLimit, Limit>;
  private readonly keys: number;

  /** Disabled, it allows everything and remembers nothing. `now` in epoch milliseconds. */
  constructor(options: {
    enabled: boolean;
    now: () => number;
    limits?: Partial<Record<RateLimit, Limit>>;
    keys?: number;
  }) {
    this.enabled = options.enabled;
    this.now = options.now;
    this.limits = { ...RATE_LIMITS, ...options.limits };
    this.keys = options.keys ?? KEYS;
  }

  /** Keys remembered. */
  get size(): number {
    return this.buckets.size;
  }

  /** Seconds until one of the limit can be taken again, when it is used up; takes nothing. */
  exhausted(limit: RateLimit, key: string, times = 1): number | undefined {
    if (!this.enabled) return undefined;
    const { seconds } = this.limits[limit];
    const count = this.limits[limit].count * times;
    const period = seconds * 1000;
    const bucket = this.buckets.get(idOf(limit, key));
    const now = this.now() * count;
    const excess = bucket
      ? Math.min(bucket.fullAt, now + period * count) + period - (now + period * count)
      : 0;
    return excess > 0 ? Math.max(1, Math.ceil(excess / count / 1000)) : undefined;
  }

  /**
   * Takes one of the limit for this key. `first` is true once a key and period of refusals, which lasts until the
   * bucket has been full again: for one audit event instead of thousands.
   */
  take(limit: RateLimit, key: string, times = 1): Taken {
    if (!this.enabled) return { allowed: true };
    const { seconds } = this.limits[limit];
    const count = this.limits[limit].count * times;
    const period = seconds * 1000;
    const now = this.now() * count;
    const bucket = this.bucket(idOf(limit, key), now);
    // No bucket takes longer than a period to fill: this one is from before the clock was set back.
    bucket.fullAt = Math.min(bucket.fullAt, now + period * count);
    if (bucket.fullAt <= now) Object.assign(bucket, { fullAt: now, refused: false });
    const excess = bucket.fullAt + period - (now + period * count);
    if (excess <= 0) {
      bucket.fullAt += period;
      return { allowed: true, standing: standingOf(bucket, now, { count, seconds }) };
    }
    const first = !bucket.refused;
    bucket.refused = true;
    const standing = standingOf(bucket, now, { count, seconds });
    return { allowed: false, retryAfterSeconds: Math.ceil(excess / count / 1000), first, standing };
  }

  /**
   * Takes one for the network of an address, and of IPv6 one for its site too, which has four times as many: nobody
   * gets on by changing networks within their own site.
   */
  takeFor(limit: RateLimit, ip: string | undefined): Taken {
    const [network, site] = [networkOf(ip), siteOf(ip)];
    if (site === network) return this.take(limit, network);
    // Asked first: else each network of a site that has used up its share would still fill a bucket, and the memory.
    if (this.exhausted(limit, `site ${site}`, SITE_FACTOR) !== undefined)
      return this.take(limit, `site ${site}`, SITE_FACTOR);
    const taken = this.take(limit, network);
    if (!taken.allowed) return taken;
    const ofSite = this.take(limit, `site ${site}`, SITE_FACTOR);
    return ofSite.allowed ? taken : ofSite;
  }

  /** @see exhausted, for the network of an address and its site. */
  exhaustedFor(limit: RateLimit, ip: string | undefined): number | undefined {
    return this.exhausted(limit, networkOf(ip)) ?? this.exhausted(limit, `site ${siteOf(ip)}`, SITE_FACTOR);
  }

  /** @throws LimitError `rate_limited`. */
  check(limit: RateLimit, key: string): LimitStanding | undefined {
    const taken = this.take(limit, key);
    if (!taken.allowed) throw new LimitError('rate_limited', taken.retryAfterSeconds, taken);
    return taken.standing;
  }

  /** The bucket of a key, now the last one to be forgotten. */
  private bucket(id: string, full: number): Bucket {
    const bucket = this.buckets.get(id) ?? { fullAt: full, refused: false };
    this.buckets.delete(id);
    this.buckets.set(id, bucket);
    if (this.buckets.size > this.keys) this.buckets.delete(this.buckets.keys().next().value!);
    return bucket;
  }
}

/** What a bucket has left; `now` in milliseconds times `count`. */
function standingOf({ fullAt }: Bucket, now: number, { count, seconds }: Limit): LimitStanding {
  const period = seconds * 1000;
  return {
    limit: count,
    seconds,
    remaining: Math.floor((now + period * count - fullAt) / period),
    resetAt: Math.ceil(fullAt / count),
  };
}

function idOf(limit: RateLimit, key: string): string {
  return `${limit} ${key.length > LONGEST_KEY ? hash('sha256', key) : key}`;
}
