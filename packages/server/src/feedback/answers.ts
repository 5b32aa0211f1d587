import { z } from 'zod';
import { moment } from '../http/describe.ts';
import { screening } from '../memories/answers.ts';
import { feedback } from './schema.ts';

const feedbackFields = {
  memory_id: z.uuid(),
  id: z.uuid().nullable(),
  feedback,
  feedback_reason: z.string().nullable(),
  updated_at: moment.nullable(),
};

export const storedFeedback = z
  .object(feedbackFields)
  .meta({ id: 'Feedback', description: 'All but the memory’s id is null where nothing is said.' });

export const givenFeedback = z.object({ ...feedbackFields, screening }).meta({ id: 'GivenFeedback' });
