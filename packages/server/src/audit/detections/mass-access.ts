import type { EventType } from '../events.ts';
import { actorName, actorResource } from './actors.ts';
import type { Detection, SeenEvent } from './detection.ts';
import { DistinctWindow, type WindowCount } from './distinct-window.ts';
import { type DetectionName, type FindingSeverity, THRESHOLDS, WINDOW_MS } from './thresholds.ts';

interface Bulk {
  name: DetectionName;
  types: readonly EventType[];
  /** What was done, and how bad it is, when the threshold is met. */
  tell(event: SeenEvent, actor: string, count: number): { deed: string; severity: FindingSeverity };
}

/** One actor and very many different memories, whatever the number of requests and the door they came through. */
export function massAccess({ name, types, tell }: Bulk): Detection {
  const { count: threshold } = THRESHOLDS[name];
  const memories = new DistinctWindow({ windowMs: WINDOW_MS, mostPerKey: 5 * threshold });
  return {
    name,
    types,
    see(event) {
      const { actor, resource, namespace, success } = event.skeleton;
      const who = actorName(actor);
      if (who === undefined || !success || resource?.type !== 'memory') return undefined;
      const { count, first }: WindowCount = memories.add(who, resource.ids, event);
      const { deed, severity } = tell(event, who, count);
      if (count < threshold) return undefined;
      return {
        detection: name,
        severity,
        // What turned out worse than it was told of is told of again.
        subject: `${who} ${severity}`,
        summary: `${who} ${deed} within 10 minutes.`,
        ...(namespace !== undefined && { namespace }),
        ...actorResource(actor),
        withOrigin: true,
        first,
        last: event.seq,
      };
    },
  };
}
