import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { feedback, feedbackReason } from '../feedback/schema.ts';
import type { FeedbackService } from '../feedback/service.ts';
import { actorOf } from '../http/app.ts';
import { parse } from '../http/input.ts';
import { originOf } from '../http/origin.ts';
import { mem0Access } from './mem0-errors.ts';
import { misspelt } from './mem0-schema.ts';

const mem0Feedback = z.looseObject({
  ...misspelt,
  memory_id: z.string().max(128),
  /** Absent as null: both take feedback back. */
  feedback: feedback.default(null),
  feedback_reason: feedbackReason,
});

export interface Mem0FeedbackDeps {
  feedback: Pick<FeedbackService, 'give'>;
}

export function mem0FeedbackRoutes(app: FastifyInstance, { feedback: service }: Mem0FeedbackDeps): void {
  /** `{memory_id, feedback, feedback_reason?}` → `{id, feedback, feedback_reason}`; `id` is null when taken back. */
  app.post('/v1/feedback/', mem0Access.write, async (request) => {
    const { memory_id, feedback: given, feedback_reason: reason = null } = parse(mem0Feedback, request.body);
    const actor = actorOf(request, 'memories:write');
    const kept = await service.give(actor, originOf(request), memory_id, { feedback: given, reason });
    return { id: kept.id, feedback: kept.feedback, feedback_reason: kept.reason };
  });
}
