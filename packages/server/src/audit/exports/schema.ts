import { z } from 'zod';
import { EXPORT_FORMATS } from './formats.ts';

/** Ten years. */
export const MOST_HOURS = 87_600;
const RANGE = `must be a whole number from 1 to ${MOST_HOURS}`;

const format = z.enum(EXPORT_FORMATS, `must be one of ${EXPORT_FORMATS.join(', ')}`).default('native');
const LAST = {
  description: 'Only events of the last so many hours, where the format is one of single events.',
};
const hours = z.int(RANGE).min(1, RANGE).max(MOST_HOURS, RANGE).optional().meta(LAST);
const hoursText = z
  .string(RANGE)
  .refine((value) => /^\d{1,6}$/.test(value), RANGE)
  .transform(Number)
  .pipe(z.int().min(1, RANGE).max(MOST_HOURS, RANGE))
  .optional()
  .meta({ type: 'integer', minimum: 1, maximum: MOST_HOURS, ...LAST });

const provable = (input: { format: string; hours?: number | undefined }) =>
  (input.format !== 'native' && input.format !== 'bundle') || input.hours === undefined;
const WHOLE = {
  path: ['hours'],
  error:
    'cannot be given for a native export or a bundle: only the whole log can be proven. Choose another format',
};

export const exportQuery = z.strictObject({ format, hours: hoursText }).refine(provable, WHOLE);
export type ExportInput = z.output<typeof exportQuery>;

/** What is read from the data folder itself can also be a bundle of several formats. */
const MADE_THERE = [...EXPORT_FORMATS, 'bundle'] as const;
export const exportNotice = z
  .strictObject({
    format: z.enum(MADE_THERE, `must be one of ${MADE_THERE.join(', ')}`).default('native'),
    hours,
  })
  .refine(provable, WHOLE);
export type ExportNotice = z.output<typeof exportNotice>;
