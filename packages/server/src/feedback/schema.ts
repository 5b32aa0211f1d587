import { z } from 'zod';
import { text } from '../http/input.ts';

/** mem0's values. */
export const FEEDBACK = ['POSITIVE', 'NEGATIVE', 'VERY_NEGATIVE'] as const;
const REASON_BYTES = 4096;

export const feedback = z.enum(FEEDBACK).nullable().meta({ description: 'Null: nothing is said.' });

export const feedbackReason = text({ min: 0, max: REASON_BYTES })
  .refine((reason) => Buffer.byteLength(reason) <= REASON_BYTES, 'must be at most 4 KiB')
  .nullish();

export const feedbackBody = z.strictObject({ feedback, feedback_reason: feedbackReason });
