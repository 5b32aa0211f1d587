import { actorName } from './actors.ts';
import type { Detection, Finding } from './detection.ts';
import { THRESHOLDS } from './thresholds.ts';

/** The canaries by memory id. Kept up to date by the events that tell of them. */
export type Canaries = Set<string>;

/** A memory that nobody has a reason to reach was reached. Its owner's own reading counts too. */
export function canaryRead(canaries: Canaries): Detection {
  return {
    name: 'canary_read',
    types: [
      'canary.created',
      'canary.removed',
      'memory.searched',
      'memory.listed',
      'memory.retrieved',
      'memory.history.retrieved',
      'memory.revealed',
      'memory.updated',
      'memory.deleted',
    ],
    see({ seq, skeleton }) {
      const { type, actor, resource, namespace, success } = skeleton;
      const ids = resource?.ids ?? [];
      if (type === 'canary.created') for (const id of ids) canaries.add(id);
      if (type === 'canary.removed') for (const id of ids) canaries.delete(id);
      if (!success || resource?.type !== 'memory' || !type.startsWith('memory.') || canaries.size === 0)
        return undefined;
      const who = actorName(actor) ?? actor.kind;
      return ids
        .filter((id) => canaries.has(id))
        .map(
          (id): Finding => ({
            detection: 'canary_read',
            severity: THRESHOLDS.canary_read.severity,
            subject: `${who} ${id}`,
            summary: `${who} reached the canary ${id} (${type.replace('memory.', '').replaceAll('.', ' ')}).`,
            ...(namespace !== undefined && { namespace }),
            resource: { type: 'memory', ids: [id] },
            private: { actor_kind: actor.kind, actor_id: actor.id ?? '', account: actor.account ?? '' },
            withOrigin: true,
            first: seq,
            last: seq,
          }),
        );
    },
  };
}
