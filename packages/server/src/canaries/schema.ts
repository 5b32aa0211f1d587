import { z } from 'zod';

const memoryId = z.uuid('must be the id of a memory').transform((id) => id.toLowerCase());

export const newCanary = z.strictObject({ memory_id: memoryId });
export const canaryPath = z.strictObject({
  id: z.string().max(64).meta({ description: 'That of the memory.' }),
});
