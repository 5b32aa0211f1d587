import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { actorOf } from '../http/app.ts';
import { parse } from '../http/input.ts';
import { originOf } from '../http/origin.ts';
import { givenFeedback, storedFeedback } from './answers.ts';
import { feedbackBody } from './schema.ts';
import type { Feedback, FeedbackService } from './service.ts';

/** `id` and `updated_at` are null where nothing is said. */
function present(
  memoryId: string,
  { id, feedback, reason, updatedAt }: Feedback,
): z.output<typeof storedFeedback> {
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
  const give = {
    summary: 'Say how good a memory was',
    details: 'The newest word replaces the one before; null takes it back. The reason is screened first.',
    body: feedbackBody,
    answers: { 200: givenFeedback },
    errors: ['not_found', 'content_rejected'],
  };
  app.put(
    '/memories/:id/feedback',
    { config: { access: 'memories:write', describe: give } },
    async (request) => {
      const { feedback: given, feedback_reason: reason = null } = parse(feedbackBody, request.body);
      const actor = actorOf(request, 'memories:write');
      const id = idOf(request);
      const kept = await feedback.give(actor, originOf(request), id, { feedback: given, reason });
      return { ...present(id, kept), screening: kept.screening };
    },
  );

  const get = {
    summary: 'Read what was said of a memory',
    answers: { 200: storedFeedback },
    errors: ['not_found'],
  };
  app.get(
    '/memories/:id/feedback',
    { config: { access: 'memories:read', describe: get } },
    async (request) => {
      const actor = actorOf(request, 'memories:read');
      const id = idOf(request);
      return present(id, await feedback.on(actor, originOf(request), id));
    },
  );
}
