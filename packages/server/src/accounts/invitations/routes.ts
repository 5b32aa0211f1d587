import type { FastifyInstance } from 'fastify';
import { loggedIn } from '../../access/actor.ts';
import { actorOf } from '../../http/app.ts';
import { parse } from '../../http/input.ts';
import { originOf } from '../../http/origin.ts';
import { invitationPath, newInvitation, serverInvitationPath, token, userIdPath } from '../schema.ts';
import type { Invitations } from './service.ts';

export interface InvitationRouteDeps {
  invitations: Pick<
    Invitations,
    'create' | 'createForServer' | 'list' | 'listForServer' | 'withdraw' | 'withdrawFromServer' | 'accept'
  >;
}

const MANAGE_MEMBERS = { access: 'members:manage', stepUp: true } as const;
const MANAGE_USERS = { access: 'users:manage', stepUp: true } as const;

export function invitationRoutes(app: FastifyInstance, { invitations }: InvitationRouteDeps) {
  /** `{email?, role?}` → 201 `{id, email, role, created_at, expires_at, token?, link?}`; mailed, where there is an address. */
  app.post('/namespaces/:id/invitations', { config: MANAGE_MEMBERS }, async (request, reply) => {
    const { id } = parse(userIdPath, request.params);
    const input = parse(newInvitation, request.body);
    const actor = actorOf(request, 'members:manage');
    return reply.status(201).send(await invitations.create(actor, id, input, originOf(request)));
  });

  /** → 200 `{invitations: […]}`: those that are open. */
  app.get('/namespaces/:id/invitations', { config: { access: 'members:manage' } }, async (request) => {
    const { id } = parse(userIdPath, request.params);
    return { invitations: await invitations.list(actorOf(request, 'members:manage'), id) };
  });

  /** → 200 `{message}` */
  app.delete(
    '/namespaces/:id/invitations/:invitation',
    { config: { access: 'members:manage' } },
    async (request) => {
      const { id, invitation } = parse(invitationPath, request.params);
      await invitations.withdraw(actorOf(request, 'members:manage'), id, invitation, originOf(request));
      return { message: 'Invitation withdrawn.' };
    },
  );

  /** As for a namespace, but to an account with a namespace of its own; `role` is the account's. */
  app.post('/invitations', { config: MANAGE_USERS }, async (request, reply) => {
    const input = parse(newInvitation, request.body);
    const actor = actorOf(request, 'users:manage');
    return reply.status(201).send(await invitations.createForServer(actor, input, originOf(request)));
  });

  /** → 200 `{invitations: […]}` */
  app.get('/invitations', { config: { access: 'users:manage' } }, async (request) => ({
    invitations: await invitations.listForServer(actorOf(request, 'users:manage')),
  }));

  /** → 200 `{message}` */
  app.delete('/invitations/:invitation', { config: { access: 'users:manage' } }, async (request) => {
    const { invitation } = parse(serverInvitationPath, request.params);
    await invitations.withdrawFromServer(actorOf(request, 'users:manage'), invitation, originOf(request));
    return { message: 'Invitation withdrawn.' };
  });

  /** `{token}` → 200 `{message}`: the account is a member from now on. 400 `invitation_invalid`, 409 `already_member`. */
  app.post(
    '/auth/invitations/accept',
    { config: { access: 'authenticated', limit: 'link' } },
    async (request) => {
      await invitations.accept(loggedIn(request.actor), parse(token, request.body).token, originOf(request));
      return { message: 'Invitation accepted. Enter the namespace with POST /auth/sessions.' };
    },
  );
}
