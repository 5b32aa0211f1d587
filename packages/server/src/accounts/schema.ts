import { z } from 'zod';
import { ROLES } from '../access/permissions.ts';
import { text } from '../http/input.ts';
import { EMAIL_LENGTH, isEmail } from './names.ts';

/** The rules of passwords are in passwords.ts; this only bounds what is looked at. */
export const passwordInput = text({ max: 1024 });

export const usernameInput = text({ min: 3, max: 50 }).regex(
  /^[a-zA-Z0-9_-]+$/,
  'must be letters, digits, _ or -',
);
/** Kept in the form that is compared, but for its case: look-alikes in wide letters would be another address. */
export const emailInput = text({ max: EMAIL_LENGTH })
  .transform((value) => value.normalize('NFKC'))
  .refine(isEmail, 'must be an e-mail address');
export const tokenInput = text({ max: 128 });
const publicId = text({ max: 64 });

/** Strict: a `role` or `namespace` that is sent along is an error, not ignored. */
export const registration = z.strictObject({
  username: usernameInput,
  email: emailInput,
  password: passwordInput,
  full_name: text({ max: 200 }).nullish(),
  invitation: tokenInput.optional(),
});
export type RegistrationInput = z.output<typeof registration>;

export const userPath = z.strictObject({ username: text({ max: EMAIL_LENGTH }) });
export const userIdPath = z.strictObject({ id: publicId });
export const userPage = z.strictObject({
  after: publicId.optional().meta({ description: '`next` of the page before.' }),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});
export const newUser = z.strictObject({
  username: usernameInput,
  email: emailInput,
  full_name: text({ max: 200 }).nullish(),
  role: z.enum(ROLES).default('user'),
});
export const userChange = z
  .strictObject({ role: z.enum(ROLES).optional(), is_active: z.boolean().optional() })
  .refine((value) => value.role !== undefined || value.is_active !== undefined, 'must change something');

export const token = z.strictObject({ token: tokenInput });
export const addressOnly = z.strictObject({ email: emailInput });
export const passwordReset = z.strictObject({ token: tokenInput, new_password: passwordInput });
export const addressChange = z.strictObject({
  email: emailInput,
  password: passwordInput,
  code: text({ max: 64 }).optional(),
});

export const newInvitation = z.strictObject({
  email: emailInput.optional(),
  role: z.enum(ROLES).default('user'),
});
export const invitationPath = z.strictObject({ id: publicId, invitation: publicId });
export const serverInvitationPath = z.strictObject({ invitation: publicId });
