import { UnitRefused } from '../database/errors.ts';
import type { WriterClient } from '../database/writer-client.ts';
import type { DataKey } from '../encryption/seal.ts';
import { insertSubject, subjectByDigest } from '../encryption/store.ts';
import type { SubjectSource } from '../encryption/subject-keys.ts';
import { leafOf } from './recorder.ts';
import { keyCreated } from './subject-events.ts';

/** Subjects over a line to the writer. A new one is stored together with the event that tells of its key. */
export function subjectSource(
  writer: Pick<WriterClient, 'commit' | 'read'>,
  recordsKey: DataKey,
): Required<SubjectSource> {
  return {
    byDigest: async (digest) => (await writer.read(subjectByDigest, { digest }))[0],
    async insert(subject, namespace) {
      const step = { ...insertSubject.bind(subject), otherwise: 'subject_known' };
      const leaf = leafOf(keyCreated(subject.keyId, namespace, subject.at), recordsKey);
      try {
        await writer.commit({ steps: [step], leaves: [leaf] });
      } catch (error) {
        // Somebody else was first: theirs is the key, and the event.
        if (!(error instanceof UnitRefused && error.code === 'subject_known')) throw error;
      }
    },
  };
}
