import type { AuditActor } from '../audit/entry.ts';
import type { Step } from '../database/unit.ts';
import type { Origin } from '../http/origin.ts';
import type { Json } from '../json.ts';

/** The policies there are, in the order in which they run. */
export const POLICY_NAMES = [
  'memory-expiry',
  'original-expiry',
  'event-expiry',
  'scan-expiry',
  'audit-retention',
] as const;
export type PolicyName = (typeof POLICY_NAMES)[number];

/** Who runs a policy, and how far it reaches. */
export interface PolicyRun {
  actor: AuditActor;
  origin: Origin;
  /** What must still hold in each transaction; the service itself needs nothing. */
  guard?: Step;
  /** Only this namespace; absent: the whole server. */
  namespace?: { id: number; publicId: string };
}

export interface PolicyOutcome {
  /** What was done, by name. */
  counts: Readonly<Record<string, number>>;
  /** Whether the run stopped at its bound: run again. */
  more: boolean;
}

/** What the service does with what has become old, by itself and when it is asked to. */
export interface Policy {
  readonly name: PolicyName;
  readonly description: string;
  /** What it concerns: a namespace's members run it for theirs; `server` is for administrators of the server. */
  readonly scope: 'namespace' | 'server';
  readonly schedule: { readonly every: 'hour' | 'day'; readonly atStart: boolean };
  readonly settings: { readonly [key: string]: Json };
  /** A bounded run. @throws any error with a code; what was done before it stays done. */
  run(run: PolicyRun): Promise<PolicyOutcome>;
}
