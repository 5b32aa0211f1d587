import type { FastifyInstance, FastifyRequest } from 'fastify';
import { actorOf } from '../http/app.ts';
import { parse } from '../http/input.ts';
import { originOf } from '../http/origin.ts';
import { feedbackBody } from './schema.ts';
import type { Feedback, FeedbackService } from './service.ts';

/** `id` and `updated_at` are null where nothing is said. */
function present(memoryId: string, { id, feedback, reason, updatedAt }: Feedback) {
  return {
    memory_id: memoryId.toLowerCase(),
    id,
    feedback,
    feedback_reason: reason,
    updated_at: updatedAt === null ? null : new Date(updatedAt).toISOString(),
  };
}

const idOf = (request: FastifyRequest) => (request.params as { id: string }).id;

export interface FeedbackRouteDeps {
  feedback: Pick<FeedbackService, 'give' | 'on'>;
}

/** How good a memory was. */
export function feedbackRoutes(app: FastifyInstance, { feedback }: FeedbackRouteDeps): void {
  /**
   * `{feedback: POSITIVE|NEGATIVE|VERY_NEGATIVE|null, feedback_reason?}` → 200 `{memory_id, id, feedback,
   * feedback_reason, updated_at, screening}`; null takes it back. 404 for a memory beyond the caller's reach.
   */
  app.put('/memories/:id/feedback', { config: { access: 'memories:write' } }, async (request) => {
    const { feedback: given, feedback_reason: reason = null } = parse(feedbackBody, request.body);
    const actor = actorOf(request, 'memories:write');
    const id = idOf(request);
    const kept = await feedback.give(actor, originOf(request), id, { feedback: given, reason });
    return { ...present(id, kept), screening: kept.screening };
  });

  /** → 200 `{memory_id, id, feedback, feedback_reason, updated_at}`, all but the first null where nothing is said. */
  app.get('/memories/:id/feedback', { config: { access: 'memories:read' } }, async (request) => {
    const actor = actorOf(request, 'memories:read');
    const id = idOf(request);
    return present(id, await feedback.on(actor, originOf(request), id));
  });
}
