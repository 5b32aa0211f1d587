import { z } from 'zod';
import { ROLES } from '../access/permissions.ts';
import { moment } from '../http/describe.ts';
import { namespaceSettingsSchema } from './settings.ts';

/** A namespace as its members see it. */
export const namespace = z
  .object({
    id: z.uuid(),
    name: z.string(),
    role: z.enum(ROLES).meta({ description: 'What the account that asks may do there.' }),
    own: z.boolean().meta({ description: 'It came with the account that asks.' }),
    created_at: moment,
  })
  .meta({ id: 'Namespace' });

export const namespaceList = z.object({ namespaces: z.array(namespace) });

const settings = namespaceSettingsSchema.meta({ id: 'NamespaceSettings' });
export const namespaceWithSettings = z.object({ id: z.uuid(), name: z.string(), settings });
export const changedSettings = z.object({ settings });

/** A member as the others see it. */
export const member = z
  .object({
    id: z.uuid().meta({ description: 'Id of the account.' }),
    username: z.string(),
    role: z.enum(ROLES),
    own: z.boolean().meta({ description: 'The namespace came with this account.' }),
    is_active: z.boolean(),
    since: moment,
  })
  .meta({ id: 'Member' });

export const memberList = z.object({ members: z.array(member) });
