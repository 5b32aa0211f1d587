import { z } from 'zod';
import { text } from '../http/input.ts';
import { EMAIL_LENGTH, isEmail } from './names.ts';

/** The rules of passwords are in passwords.ts; this only bounds what is looked at. */
export const passwordInput = text({ max: 1024 });

/** Strict: a `role` or `namespace` that is sent along is an error, not ignored. */
export const registration = z.strictObject({
  username: text({ min: 3, max: 50 }).regex(/^[a-zA-Z0-9_-]+$/, 'must be letters, digits, _ or -'),
  email: text({ max: EMAIL_LENGTH })
    // Kept in the form that is compared, but for its case: look-alikes in wide letters would be another address.
    .transform((value) => value.normalize('NFKC'))
    .refine(isEmail, 'must be an e-mail address'),
  password: passwordInput,
  full_name: text({ max: 200 }).nullish(),
});
export type RegistrationInput = z.output<typeof registration>;

export const userPath = z.strictObject({ username: text({ max: EMAIL_LENGTH }) });
