import type { FastifyInstance } from 'fastify';
import { loggedIn } from '../../access/actor.ts';
import { message } from '../../http/describe.ts';
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
  const verify = {
    summary: 'Confirm an address with the token of the mail',
    body: token,
    answers: { 200: message },
    errors: ['link_invalid'],
  };
  app.post('/auth/verify-email', { config: { ...LINK, describe: verify } }, async (request) => {
    await email.verify(parse(token, request.body).token, originOf(request));
    return { message: 'Address confirmed.' };
  });

  const resend = {
    summary: 'Ask for another mail that confirms an address',
    details: 'Answers the same whether there is such an account or not.',
    body: addressOnly,
    answers: { 202: message },
  };
  app.post('/auth/verify-email/resend', { config: { ...MAIL, describe: resend } }, async (request, reply) => {
    await email.resend(parse(addressOnly, request.body).email, originOf(request));
    return reply.status(202).send(SENT);
  });

  const forgot = {
    summary: 'Ask for a mail with a link to a new password',
    details: 'Answers the same whether there is such an account or not.',
    body: addressOnly,
    answers: { 202: message },
  };
  app.post('/auth/forgot-password', { config: { ...MAIL, describe: forgot } }, async (request, reply) => {
    await email.forgot(parse(addressOnly, request.body).email, originOf(request));
    return reply.status(202).send(SENT);
  });

  const reset = {
    summary: 'Choose a new password with the token of the mail',
    details:
      'Every session of the account ends; its second factor stays. Where the address was never confirmed before, ' +
      'the second factor and the API keys end too.',
    body: passwordReset,
    answers: { 200: message },
    errors: ['link_invalid', 'weak_password', 'hashing_busy'],
  };
  app.post('/auth/reset-password', { config: { ...LINK, describe: reset } }, async (request) => {
    const { token: of, new_password: next } = parse(passwordReset, request.body);
    await email.reset(of, next, originOf(request));
    return { message: 'Password changed. Log in with the new one.' };
  });

  const change = {
    summary: 'Ask for another address',
    details:
      'It holds once it was confirmed with the mail that goes there. `code` is needed where a second factor is on. ' +
      'A taken address answers like a free one, and its owner gets a mail.',
    body: addressChange,
    answers: { 202: message },
    errors: ['permission_denied', 'invalid_credentials', 'mfa_required', 'too_many_attempts', 'hashing_busy'],
  };
  app.post(
    '/auth/change-email',
    { config: { access: 'authenticated', limit: 'mail', describe: change } },
    async (request, reply) => {
      await email.change(loggedIn(request.actor), parse(addressChange, request.body), originOf(request));
      return reply
        .status(202)
        .send({ message: 'Confirm the new address with the mail that was sent there.' });
    },
  );

  const confirm = {
    summary: 'Confirm the new address with the token of the mail',
    body: token,
    answers: { 200: message },
    errors: ['link_invalid'],
  };
  app.post('/auth/change-email/confirm', { config: { ...LINK, describe: confirm } }, async (request) => {
    await email.confirmChange(parse(token, request.body).token, originOf(request));
    return { message: 'Address changed.' };
  });
}
