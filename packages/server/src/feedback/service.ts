import { parse as uuidBytes } from 'uuid';
import type { Actor, Authorized, Entities } from '../access/actor.ts';
import { leafOf } from '../audit/recorder.ts';
import { UnitRefused } from '../database/errors.ts';
import type { Step } from '../database/unit.ts';
import type { WriterClient } from '../database/writer-client.ts';
import { type Address, open, seal } from '../encryption/seal.ts';
import { requireSubject } from '../encryption/store.ts';
import type { Subject, SubjectKeys } from '../encryption/subject-keys.ts';
import { auditActor, type Origin, traced } from '../http/origin.ts';
import { newId } from '../ids.ts';
import { MemoryError } from '../memories/errors.ts';
import { type Screening, subjectOf } from '../memories/memory.ts';
import { screen } from '../memories/screening.ts';
import type { MemoryService } from '../memories/service.ts';
import type { FEEDBACK } from './schema.ts';
import { aliveOf, deleteFeedback, feedbackOn, insertFeedback } from './store.ts';

export interface FeedbackDeps {
  writer: Pick<WriterClient, 'commit' | 'read'>;
  keys: Pick<SubjectKeys, 'ensure' | 'forget'>;
  memories: Pick<MemoryService, 'get' | 'ownersOf'>;
  now(): number;
}

/** What somebody says of a memory; `feedback` null takes back what was said. */
export interface Opinion {
  feedback: (typeof FEEDBACK)[number] | null;
  reason: string | null;
}

/** As it is read; `id` and `updatedAt` (epoch ms) are null where nothing is said. */
export interface Feedback extends Opinion {
  id: string | null;
  updatedAt: number | null;
}

const NONE: Feedback = { id: null, feedback: null, reason: null, updatedAt: null };

/** How good a memory was: one opinion a memory, the newest one wins. */
export class FeedbackService {
  private readonly deps: FeedbackDeps;

  constructor(deps: FeedbackDeps) {
    this.deps = deps;
  }

  /**
   * Keeps an opinion in the place of the last one, its reason screened as any text.
   * @throws MemoryError `not_found` for a memory that is missing or beyond the actor's reach; `content_rejected`
   */
  async give(
    actor: Authorized<'memories:write'>,
    origin: Origin,
    memoryId: string,
    { feedback, reason }: Opinion,
  ): Promise<Feedback & { screening: Screening }> {
    const entities = await this.deps.memories.ownersOf(actor, origin, memoryId);
    const { content, screening } = screen({ text: reason ?? '', metadata: {} });
    const clean: Opinion = { feedback, reason: feedback === null || reason === null ? null : content.text };
    const kept = await this.onSubject(actor, entities, async (subject) => {
      const id = newId();
      const at = this.deps.now();
      const memory = uuidBytes(memoryId);
      const row = { memory, id, subject: subject.id, at, body: sealOpinion(subject, memory, id, clean) };
      await this.commit(actor, origin, subject, memoryId.toLowerCase(), { at, after: clean, screening }, [
        deleteFeedback.bind({ memory }),
        ...(feedback === null ? [] : [insertFeedback.bind(row)]),
      ]);
      return feedback === null ? NONE : { ...clean, id, updatedAt: at };
    });
    return { ...kept, screening };
  }

  /** Told to the log as a read of the memory. @throws MemoryError `not_found` */
  async on(actor: Authorized<'memories:read'>, origin: Origin, memoryId: string): Promise<Feedback> {
    const { entities } = await this.deps.memories.get(actor, origin, memoryId);
    return this.onSubject(actor, entities, async (subject) => {
      const memory = uuidBytes(memoryId);
      const [row] = await this.deps.writer.read(feedbackOn, { memory, subject: subject.id });
      if (!row) return NONE;
      return { ...openOpinion(subject, memory, row.id, row.body), id: row.id, updatedAt: row.updated_at };
    });
  }

  private async commit(
    actor: Actor,
    origin: Origin,
    subject: Subject,
    memoryId: string,
    { at, after, screening }: { at: number; after: Opinion; screening: Screening },
    steps: Step[],
  ): Promise<void> {
    const rules = screening.findings.filter(({ action }) => action === 'redacted').map(({ rule }) => rule);
    const { private: details, ...request } = traced(origin);
    const event = {
      ...request,
      private: { ...details, ...(rules.length > 0 && { rules: [...new Set(rules)] }) },
      type: 'memory.feedback',
      time: at,
      actor: auditActor(actor),
      namespace: actor.namespace.publicId,
      resource: { type: 'memory', ids: [memoryId] },
      success: true,
      after: { feedback: after.feedback, feedback_reason: after.reason },
    } as const;
    // The memory may have ended since it was looked at: nothing is kept beside what is gone.
    const alive = aliveOf.bind({ memory: uuidBytes(memoryId), subject: subject.id });
    const guards = [
      actor.guard,
      requireSubject(subject.id, subject.generation),
      { ...alive, otherwise: 'not_found' },
    ];
    try {
      await this.deps.writer.commit({
        steps: [...guards, ...steps],
        leaves: [leafOf(event, subject.key)],
      });
    } catch (error) {
      const gone = error instanceof UnitRefused && error.code === 'not_found';
      throw gone ? new MemoryError('not_found') : error;
    }
  }

  /** Once more with the new key, where the subject's was replaced since it was read. */
  private async onSubject<T>(
    { namespace }: Actor,
    entities: Entities,
    attempt: (subject: Subject) => Promise<T>,
  ): Promise<T> {
    const { keys } = this.deps;
    const entity = subjectOf(entities);
    try {
      return await attempt(await keys.ensure(namespace, entity));
    } catch (error) {
      const { code } = error as { code?: string };
      if (code !== 'subject_changed' && code !== 'decryption_failed') throw error;
      keys.forget(namespace.id, entity);
      return attempt(await keys.ensure(namespace, entity));
    }
  }
}

const addressOf = ({ namespaceId }: Subject, memory: Uint8Array, id: string): Address => ({
  namespace: namespaceId,
  table: 'memory_feedback',
  row: memory,
  field: `body.${id}`,
});

function sealOpinion(subject: Subject, memory: Uint8Array, id: string, opinion: Opinion): Buffer {
  return seal(subject.key, addressOf(subject, memory, id), Buffer.from(JSON.stringify(opinion)));
}

function openOpinion(subject: Subject, memory: Uint8Array, id: string, sealed: Uint8Array): Opinion {
  return JSON.parse(open(subject.key, addressOf(subject, memory, id), sealed).toString()) as Opinion;
}
