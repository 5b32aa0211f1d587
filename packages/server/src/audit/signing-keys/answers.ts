import { z } from 'zod';

export const rotatedKey = z
  .object({
    generation: z.int().min(1).meta({ description: 'How many times the key was replaced.' }),
    key: z.string().meta({ description: 'The new key as verifier key text: keep it outside.' }),
    previous_key: z.string(),
    size: z.int().min(0).meta({ description: 'Events that the previous key has signed.' }),
    rotation: z.string().meta({ description: 'The signed note that links the two keys.' }),
  })
  .meta({ id: 'RotatedSigningKey' });
