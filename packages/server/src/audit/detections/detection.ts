import type { EventType } from '../events.ts';
import type { PrivatePart, Skeleton } from '../record.ts';
import type { DetectionName, FindingSeverity } from './thresholds.ts';

/** An event as the detections look at it. */
export interface SeenEvent {
  /** Position in the log. */
  seq: number;
  /** Milliseconds of a clock that never goes back: see clock.ts. */
  at: number;
  skeleton: Skeleton;
  /** Opened only for the detections that ask for it. */
  privatePart: PrivatePart | undefined;
  /** Names the key that sealed the private part: the data subject's own, where the event is about one subject only. */
  sealedBy: string | undefined;
}

export interface Finding {
  detection: DetectionName;
  severity: FindingSeverity;
  /** What is told of at most once a window, such as `account <id>`; may name an address, so it is kept private. */
  subject: string;
  /** A sentence with counts and ids, no names and no addresses. */
  summary: string;
  namespace?: string;
  resource?: { type: string; ids: string[] };
  private?: Record<string, string | number>;
  /** Adds where the last event came from to the private part. */
  withOrigin?: true;
  /** Positions in the log. */
  first: number;
  last: number;
}

/** One pattern. It answers with a finding each time that its threshold is met; the detector tells of it once a window. */
export interface Detection {
  readonly name: DetectionName;
  readonly types: readonly EventType[];
  /** Looks into private parts. */
  readonly opens?: true;
  see(event: SeenEvent): Finding | readonly Finding[] | undefined;
}
