import { z } from 'zod';
import { text } from '../http/input.ts';

const name = text({ max: 254 });
const password = text({ max: 1024 });
const code = text({ max: 64 }).meta({ description: 'Of the authenticator app, or a recovery code.' });
const publicId = text({ max: 64 });

/** Either name may hold either; one of the two. */
export const login = z
  .strictObject({
    username: name.optional(),
    email: name.optional(),
    password,
    code: code.optional(),
    namespace: publicId.optional().meta({ description: 'To act in; the account’s own by default.' }),
  })
  .refine(
    ({ username, email }) => (username === undefined) !== (email === undefined),
    'send one of username and email',
  );

export const secondFactor = z.strictObject({ mfa_token: text({ max: 128 }), code });
export const refresh = z.strictObject({ refresh_token: text({ max: 128 }) });
export const stepUp = z.strictObject({ password, code: code.optional() });
export const passwordChange = z.strictObject({
  current_password: password,
  new_password: password,
  code: code.optional(),
});
export const entrance = z.strictObject({ namespace: publicId });
export const sessionPath = z.strictObject({ id: publicId });
