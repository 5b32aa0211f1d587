import { z } from 'zod';
import { text } from '../../http/input.ts';

/** With some spaces. */
const code = text({ max: 64 });

export const confirmation = z.strictObject({
  code: code.meta({ description: 'Of the authenticator app.' }),
});

export const proofAgain = z.strictObject({
  password: text({ max: 1024 }),
  code: code.meta({ description: 'Of the authenticator app, or a recovery code.' }),
});
