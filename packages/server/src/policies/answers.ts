import { z } from 'zod';
import { moment } from '../http/describe.ts';
import { POLICY_NAMES } from './policy.ts';

const name = z.enum(POLICY_NAMES);

const counts =
  'What was done, by name; `complete` is false where the run stopped at its bound: run it again.';
const report = z
  .union([
    z.record(z.string(), z.union([z.int(), z.boolean()])).meta({ description: counts }),
    z.object({ failed: z.string().meta({ description: 'The code of the error.' }) }),
  ])
  .meta({ id: 'PolicyReport' });

const scope = 'Whose things it is about: administrators of the server alone run one of the `server`.';
const result = 'What it did, for administrators of the server.';
export const listedPolicy = z
  .object({
    name,
    description: z.string(),
    scope: z.enum(['namespace', 'server']).meta({ description: scope }),
    schedule: z.enum(['hourly', 'daily']).meta({ description: 'How often it runs by itself.' }),
    settings: z.record(z.string(), z.unknown()),
    last_run: z
      .object({ at: moment, result: report.optional().meta({ description: result }) })
      .nullable()
      .meta({ description: 'The last run for the whole server since its start.' }),
  })
  .meta({ id: 'Policy' });

export const policyList = z.object({ policies: z.array(listedPolicy) });

export const policyReports = z.object({ ran_at: moment, policies: z.partialRecord(name, report) });
