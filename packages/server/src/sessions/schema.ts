import { z } from 'zod';
import { text } from '../http/input.ts';

const name = text({ max: 254 });
const password = text({ max: 1024 });

/** Either field may hold either; one of the two. */
export const login = z
  .strictObject({ username: name.optional(), email: name.optional(), password })
  .refine(
    ({ username, email }) => (username === undefined) !== (email === undefined),
    'send one of username and email',
  );

export const passwordChange = z.strictObject({ current_password: password, new_password: password });
