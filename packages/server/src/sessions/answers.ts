import { z } from 'zod';
import { user } from '../accounts/answers.ts';
import { message, moment } from '../http/describe.ts';

const tokenFields = {
  access_token: z.string().meta({ description: 'For `Authorization: Bearer`.' }),
  token_type: z.literal('bearer'),
  expires_in: z.int().meta({ description: 'Seconds that the access token is good for.' }),
  refresh_token: z.string().meta({ description: 'Good once, for POST /auth/refresh.' }),
  refresh_expires_in: z.int().meta({ description: 'Seconds until the session ends.' }),
};

export const tokens = z.object(tokenFields).meta({ id: 'Tokens' });

const begunFields = { ...tokenFields, user };

export const begunSession = z.object(begunFields).meta({ id: 'Login' });

export const changedPassword = z.object({ ...message.shape, ...begunFields });

export const session = z
  .object({
    id: z.uuid(),
    namespace: z.uuid().meta({ description: 'The id of the namespace that it acts in.' }),
    ip: z.string().optional().meta({ description: 'Where it was begun from.' }),
    user_agent: z.string().optional(),
    created_at: moment,
    last_used_at: moment.meta({ description: 'When its tokens were last renewed; ISO 8601 in UTC.' }),
    expires_at: moment,
    with_mfa: z.boolean().meta({ description: 'Whether a second factor was shown.' }),
    current: z.boolean().meta({ description: 'Whether it is the one that asks.' }),
  })
  .meta({ id: 'Session' });

export const sessionList = z.object({ sessions: z.array(session) });

export const steppedUp = z.object({
  ...message.shape,
  valid_for_seconds: z.int().meta({ description: 'How long the proof opens what asks for a fresh one.' }),
});
