import { z } from 'zod';
import { moment } from '../http/describe.ts';
import { entityFields } from './schema.ts';

/** What the screen found in a text before it was stored, and did about it. */
export const screening = z
  .object({
    action: z.enum(['allowed', 'redacted']),
    findings: z.array(
      z.object({
        rule: z.string(),
        category: z.string(),
        severity: z.string(),
        action: z.enum(['redacted', 'labelled']),
      }),
    ),
    labels: z.array(z.string()),
  })
  .meta({ id: 'Screening' });

const version = z.int().min(1).meta({ description: 'Grows with each change.' });

const memoryFields = {
  id: z.uuid(),
  content: z.string(),
  metadata: z.record(z.string(), z.unknown()),
  ...entityFields,
  thread_id: z.string().nullable(),
  role: z.string().optional(),
  speaker: z.string().optional(),
  categories: z.array(z.string()).optional(),
  labels: z.array(z.string()).meta({ description: 'What the screen says of the text.' }),
  version,
  timestamp: moment.optional().meta({ description: 'When it happened, where that was said.' }),
  created_at: moment,
  updated_at: moment,
  expires_on: z.iso.date().nullable().meta({ description: 'The last day, in UTC, on which it is found.' }),
};

export const storedMemory = z.object(memoryFields).meta({ id: 'Memory' });

const score = z.number().meta({ description: 'Relative to the best of this answer, which is 1.' });
export const searchHit = z.object({ ...memoryFields, score }).meta({ id: 'SearchHit' });

const partial = z
  .literal(true)
  .optional()
  .meta({ description: 'There when a search or count of a whole namespace had to stop before its end.' });

export const addedMemory = z
  .object({ id: z.uuid(), message: z.string(), version, screening })
  .meta({ id: 'AddedMemory' });

export const changedMemory = z
  .object({ ...memoryFields, screening })
  .partial()
  .required({ id: true, version: true, screening: true })
  .meta({
    id: 'ChangedMemory',
    description: 'Who may not read memories gets the id, version and screening.',
  });

export const deletedMemory = z.object({ id: z.uuid(), message: z.string() });

export const memoryPage = z.object({ memories: z.array(storedMemory), total: z.int(), partial });

export const searchResults = z.object({ results: z.array(searchHit), partial });

export const memoryHistory = z.object({
  history: z.array(
    z.object({
      version,
      event: z.enum(['ADD', 'UPDATE', 'DELETE']),
      at: moment,
      old_content: z.string().nullable(),
      new_content: z.string().nullable(),
    }),
  ),
});

export const originalMemory = z.object({
  id: z.uuid(),
  version,
  content: z.string(),
  metadata: z.record(z.string(), z.unknown()),
  kept_until: moment,
});

export const changedBatch = z.object({ memories: z.array(z.object({ id: z.uuid(), version, screening })) });

/** Of an entity or a batch. */
export const endedMemories = z.object({
  deleted: z.int().meta({ description: 'How many.' }),
  message: z.string(),
});

export const entityPage = z.object({
  entities: z.array(
    z
      .object({
        type: z.enum(['user', 'agent', 'app', 'run']),
        name: z.string(),
        memories: z.int().meta({ description: 'How many it has.' }),
        created_at: moment.meta({ description: 'When its first memory was stored; ISO 8601 in UTC.' }),
        updated_at: moment.meta({ description: 'When one of them last changed; ISO 8601 in UTC.' }),
      })
      .meta({ id: 'Entity' }),
  ),
  total: z.int(),
  partial,
});
