import { z } from 'zod';

/** A problem document as http/problem.ts writes it (RFC 9457). */
export const problem = z
  .looseObject({
    type: z.string().meta({ description: 'urn:memhold:error:<code>' }),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: 'What went wrong, and what to do next.' }),
    code: z.string().meta({ description: 'Stable; made for programs.' }),
    request_id: z.string().optional(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem' });
