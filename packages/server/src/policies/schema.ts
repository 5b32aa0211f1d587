import { z } from 'zod';
import { POLICY_NAMES } from './policy.ts';

/** Without names, all that the caller may run. */
export const policyRun = z.strictObject({
  policies: z
    .array(z.enum(POLICY_NAMES))
    .min(1, 'must name at least one policy')
    .max(20)
    .nullish()
    .meta({ description: 'Default: all that the caller may run.' }),
});
