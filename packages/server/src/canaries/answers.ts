import { z } from 'zod';
import { moment } from '../http/describe.ts';

export const canary = z.object({ memory_id: z.uuid(), created_at: moment }).meta({ id: 'Canary' });

export const canaryList = z.object({ canaries: z.array(canary) });
