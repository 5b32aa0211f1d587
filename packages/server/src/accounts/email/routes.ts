import type { FastifyInstance } from 'fastify';
import { loggedIn } from '../../access/actor.ts';
import { parse } from '../../http/input.ts';
import { originOf } from '../../http/origin.ts';
import { addressChange, addressOnly, passwordReset, token } from '../schema.ts';
import type { EmailFlows } from './service.ts';

export interface EmailRouteDeps {
  email: Pick<EmailFlows, 'verify' | 'resend' | 'forgot' | 'reset' | 'change' | 'confirmChange'>;
}

const LINK = { access: 'public', limit: 'link' } as const;
const MAIL = { access: 'public', limit: 'mail' } as const;
/** The same whether there is such an account or not. */
const SENT = { message: 'If there is such an account, a mail is on its way.' };

export function emailRoutes(app: FastifyInstance, { email }: EmailRouteDeps) {
  /** `{token}` of the mail → 200 `{message}`; 400 `link_invalid`. */
  app.post('/auth/verify-email', { config: LINK }, async (request) => {
    await email.verify(parse(token, request.body).token, originOf(request));
    return { message: 'Address confirmed.' };
  });

  /** `{email}` → 202 `{message}`, always. */
  app.post('/auth/verify-email/resend', { config: MAIL }, async (request, reply) => {
    await email.resend(parse(addressOnly, request.body).email, originOf(request));
    return reply.status(202).send(SENT);
  });

  /** `{email}` → 202 `{message}`, always. */
  app.post('/auth/forgot-password', { config: MAIL }, async (request, reply) => {
    await email.forgot(parse(addressOnly, request.body).email, originOf(request));
    return reply.status(202).send(SENT);
  });

  /** `{token, new_password}` → 200 `{message}`: every session has ended. 400 `link_invalid`, `weak_password`. */
  app.post('/auth/reset-password', { config: LINK }, async (request) => {
    const { token: of, new_password: next } = parse(passwordReset, request.body);
    await email.reset(of, next, originOf(request));
    return { message: 'Password changed. Log in with the new one.' };
  });

  /** `{email, password, code?}` → 202 `{message}`: a mail is on its way to the new address. */
  app.post(
    '/auth/change-email',
    { config: { access: 'authenticated', limit: 'mail' } },
    async (request, reply) => {
      await email.change(loggedIn(request.actor), parse(addressChange, request.body), originOf(request));
      return reply
        .status(202)
        .send({ message: 'Confirm the new address with the mail that was sent there.' });
    },
  );

  /** `{token}` of the mail to the new address → 200 `{message}`; 400 `link_invalid`. */
  app.post('/auth/change-email/confirm', { config: LINK }, async (request) => {
    await email.confirmChange(parse(token, request.body).token, originOf(request));
    return { message: 'Address changed.' };
  });
}
