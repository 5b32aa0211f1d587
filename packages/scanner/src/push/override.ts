import { hash } from 'node:crypto';
import type { Decision } from './decision.ts';
import type { RefUpdate } from './ref-updates.ts';
import type { Destination } from './remotes.ts';

/** What somebody asks for in `MEMHOLD_OVERRIDE='<report id>: <reason>'`. */
export interface OverrideRequest {
  readonly reportId: string;
  readonly reason: string;
}

/** The setting is there and is not what it should be; the message says how it is written. */
export class InvalidOverride extends Error {}

const shortestReason = 10;
const longestReason = 500;

/** Parses the setting; undefined where nobody asks. Throws InvalidOverride. */
export function parseOverride(setting: string | undefined): OverrideRequest | undefined {
  if (setting === undefined || setting.trim() === '') return undefined;
  const [, reportId, reason = ''] = /^\s*(push-[0-9a-f]{20})\s*:(.*)$/s.exec(setting) ?? [];
  if (reportId === undefined)
    throw new InvalidOverride("write it as MEMHOLD_OVERRIDE='push-0123456789abcdef0123: why'");
  const trimmed = reason.trim();
  if (trimmed.length < shortestReason || trimmed.length > longestReason || /[\p{Cc}\p{Cf}]/u.test(trimmed)) {
    throw new InvalidOverride(`the reason is one line of ${shortestReason} to ${longestReason} characters`);
  }
  return { reportId, reason: trimmed };
}

/** What a report speaks of: an override of it is an override of this and of nothing else. */
export interface PushScope {
  readonly destination: Destination;
  readonly updates: readonly RefUpdate[];
  readonly decision: Pick<Decision, 'posture' | 'blocking' | 'reason'>;
  /** How often this very push was overridden before. */
  readonly earlierOverrides: number;
}

/**
 * The id of a report: the same when the same push is tried again, another one for other refs, commits, findings, for
 * another remote, and after each override.
 */
export function reportId({ destination, updates, decision, earlierOverrides }: PushScope): string {
  const parts = [
    destination.url,
    updates.map(({ remoteRef, localId, remoteId }) => [remoteRef, localId ?? '', remoteId ?? '']).sort(),
    decision.posture,
    // What the project's agent says may be all that blocks.
    decision.reason,
    decision.blocking
      .map(({ finding, place }) => [finding.fingerprint, place.path, place.commit ?? ''])
      .sort(),
    earlierOverrides,
  ];
  return `push-${hash('sha256', JSON.stringify(parts)).slice(0, 20)}`;
}
