import { z } from 'zod';
import { ROLES } from '../access/permissions.ts';
import { moment } from '../http/describe.ts';

/** An account as clients see it: Memoric's shape. */
export const user = z
  .object({
    id: z.uuid(),
    username: z.string(),
    email: z.string(),
    full_name: z.string().nullable(),
    namespace: z.uuid().meta({ description: "Id of the user's own namespace." }),
    roles: z.array(z.enum(ROLES)),
    is_active: z.boolean(),
    is_verified: z.boolean().meta({ description: 'Whether the address was confirmed.' }),
    created_at: moment,
    last_login_at: moment.nullable(),
  })
  .meta({ id: 'User' });

export const registeredUser = z.object({ user });

const next = z
  .string()
  .nullable()
  .meta({ description: 'Pass as `after` for the next page; null on the last.' });
export const userList = z.object({ users: z.array(user), total: z.int(), next }).meta({ id: 'UserPage' });

const password = z.string().meta({ description: 'Shown this once, to be changed at the next login.' });
export const createdUser = z.object({ user, password });
export const newPassword = z.object({ password });

const invitationFields = {
  id: z.uuid(),
  email: z.string().nullable(),
  role: z.enum(ROLES),
  created_at: moment,
  expires_at: moment,
};

export const invitation = z.object(invitationFields).meta({ id: 'Invitation' });
export const invitationList = z.object({ invitations: z.array(invitation) });

const handedOn = z.string().exactOptional();
export const newInvitationMade = z
  .object({ ...invitationFields, token: handedOn, link: handedOn })
  .meta({ id: 'NewInvitation', description: '`token` and `link` are there where there is no address.' });
