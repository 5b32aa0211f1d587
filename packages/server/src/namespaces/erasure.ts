import type { AuditEvent } from '../audit/entry.ts';
import type { Recorder } from '../audit/recorder.ts';
import { subjectName, subjectsErased } from '../audit/subject-events.ts';
import { clusterErasure } from '../clusters/erasure.ts';
import type { Leaf, Step } from '../database/unit.ts';
import type { WriterClient } from '../database/writer-client.ts';
import { activeSubjects, eraseSubjectsOf, noSubjectAfter } from '../encryption/store.ts';
import { exportErasure } from '../exports/erasure.ts';
import { feedbackErasure } from '../feedback/erasure.ts';
import { projectErasure } from '../projects/erasure.ts';
import { scanErasure } from '../scans/erasure.ts';
import { webhookErasure } from '../webhooks/erasure.ts';

export interface ErasureDeps {
  writer: Pick<WriterClient, 'read'>;
  recorder: Pick<Recorder, 'leaf'>;
}

/** Who ends it, and through which request. */
export type Ending = Pick<AuditEvent, 'actor' | 'time' | 'requestId' | 'private'>;

/** Destroys what namespaces hold: the keys of their data subjects, and with them every text in any copy. */
export class NamespaceErasure {
  private readonly deps: ErasureDeps;

  constructor(deps: ErasureDeps) {
    this.deps = deps;
  }

  /**
   * The steps for the unit of whatever ends the namespace, and the events that name each key. Refuses
   * (`stale_version`) when a data subject came meanwhile: no key is destroyed without its event.
   */
  async of(
    { id: namespace, publicId }: { id: number; publicId: string },
    by: Ending,
  ): Promise<{ steps: Step[]; leaves: Leaf[] }> {
    const { writer, recorder } = this.deps;
    const subjects = await writer.read(activeSubjects, { namespace });
    const last = subjects.at(-1)?.id ?? 0;
    const names = subjects.map(({ key_id }) => subjectName(key_id));
    const events = [...subjectsErased(names, publicId, by), namespaceDeleted(publicId, by)];
    return {
      steps: [
        { ...noSubjectAfter.bind({ namespace, last }), otherwise: 'stale_version' },
        clusterErasure(namespace),
        feedbackErasure(namespace),
        exportErasure(namespace),
        projectErasure(namespace),
        webhookErasure(namespace),
        ...scanErasure(namespace),
        eraseSubjectsOf.bind({ namespace }),
      ],
      leaves: events.map((event) => recorder.leaf(event)),
    };
  }
}

/** `publicId` names a namespace that is nobody's any more. */
export function namespaceDeleted(publicId: string, by: Ending): AuditEvent {
  const resource = { type: 'namespace', ids: [publicId] };
  return { ...by, type: 'namespace.deleted', namespace: publicId, resource, success: true };
}
