import { z } from 'zod';
import { text } from '../../http/input.ts';
import { timestamp } from '../schema.ts';

const objectId = text({ max: 64 })
  .regex(/^[0-9a-f]{7,64}$/, 'must be the id of an object, in hex')
  .nullable();

/** A record as the clone wrote it down: `OverrideRecord` of the scanner. */
const override = z.strictObject({
  time: timestamp,
  report_id: text({ max: 128 }).regex(/^[A-Za-z0-9][A-Za-z0-9._:-]*$/, 'must be the id of a report'),
  reason: text({ max: 2000 }),
  remote: text({ min: 0, max: 4096 }),
  updates: z
    .array(z.strictObject({ ref: text({ max: 2048 }), from: objectId, to: objectId }))
    .max(1000, 'must hold at most 1000 refs'),
  findings: z.array(text({ max: 300 })).max(10_000, 'must hold at most 10000 fingerprints'),
  user: text({ min: 0, max: 1024 }),
});
export type OverrideInput = z.output<typeof override>;

export const newOverrides = z.strictObject({
  overrides: z
    .array(override)
    .min(1, 'must hold at least one record')
    .max(100, 'must hold at most 100 records'),
});

export const overrideQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  after: z.uuid('must be the next of the page before').toLowerCase().optional(),
});
export type OverrideQuery = z.output<typeof overrideQuery>;

const stored = {
  ...override.shape,
  /** As it was screened. */
  report_id: z.string(),
  id: z.uuid(),
  received_at: z.string().meta({ format: 'date-time', description: 'ISO 8601 in UTC.' }),
  submitted_by: z.uuid().meta({ description: 'The account that sent it, or that made the key which did.' }),
};
export const storedOverride = z.object(stored).meta({ id: 'PushOverride' });
export const overridePage = z.object({
  overrides: z.array(storedOverride),
  next: z.uuid().nullable().meta({ description: 'Send as `after` for the next page.' }),
});
export const keptOverrides = z
  .object({
    kept: z.int().meta({ description: 'How many were new.' }),
    known: z.int().meta({ description: 'How many were there already.' }),
  })
  .meta({ id: 'KeptOverrides' });
