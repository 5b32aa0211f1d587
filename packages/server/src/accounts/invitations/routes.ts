import type { FastifyInstance } from 'fastify';
import { loggedIn } from '../../access/actor.ts';
import { actorOf } from '../../http/app.ts';
import { message } from '../../http/describe.ts';
import { parse } from '../../http/input.ts';
import { originOf } from '../../http/origin.ts';
import { invitationList, newInvitationMade } from '../answers.ts';
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
const HOW =
  'It is mailed where there is an address, and good for seven days. An account makes 50 at once, and as many again ' +
  'spread over a day.';

export function invitationRoutes(app: FastifyInstance, { invitations }: InvitationRouteDeps) {
  const create = {
    summary: 'Invite somebody to a namespace',
    details: `${HOW} \`id\` is the namespace that the credential acts in; any other is not found.`,
    params: userIdPath,
    body: newInvitation,
    answers: { 201: newInvitationMade },
    errors: ['not_found', 'rate_limited'],
  };
  app.post(
    '/namespaces/:id/invitations',
    { config: { ...MANAGE_MEMBERS, describe: create } },
    async (request, reply) => {
      const { id } = parse(userIdPath, request.params);
      const input = parse(newInvitation, request.body);
      const actor = actorOf(request, 'members:manage');
      return reply.status(201).send(await invitations.create(actor, id, input, originOf(request)));
    },
  );

  const list = {
    summary: 'List the open invitations to a namespace',
    params: userIdPath,
    answers: { 200: invitationList },
    errors: ['not_found'],
  };
  app.get(
    '/namespaces/:id/invitations',
    { config: { access: 'members:manage', describe: list } },
    async (request) => {
      const { id } = parse(userIdPath, request.params);
      return { invitations: await invitations.list(actorOf(request, 'members:manage'), id) };
    },
  );

  const withdraw = {
    summary: 'Withdraw an invitation to a namespace',
    params: invitationPath,
    answers: { 200: message },
    errors: ['not_found'],
  };
  app.delete(
    '/namespaces/:id/invitations/:invitation',
    { config: { access: 'members:manage', describe: withdraw } },
    async (request) => {
      const { id, invitation } = parse(invitationPath, request.params);
      await invitations.withdraw(actorOf(request, 'members:manage'), id, invitation, originOf(request));
      return { message: 'Invitation withdrawn.' };
    },
  );

  const createForServer = {
    summary: 'Invite somebody to this server',
    details: `To an account with a namespace of its own, whose role \`role\` is. ${HOW}`,
    body: newInvitation,
    answers: { 201: newInvitationMade },
    errors: ['rate_limited'],
  };
  app.post(
    '/invitations',
    { config: { ...MANAGE_USERS, describe: createForServer } },
    async (request, reply) => {
      const input = parse(newInvitation, request.body);
      const actor = actorOf(request, 'users:manage');
      return reply.status(201).send(await invitations.createForServer(actor, input, originOf(request)));
    },
  );

  const listForServer = {
    summary: 'List the open invitations to this server',
    answers: { 200: invitationList },
  };
  app.get(
    '/invitations',
    { config: { access: 'users:manage', describe: listForServer } },
    async (request) => ({
      invitations: await invitations.listForServer(actorOf(request, 'users:manage')),
    }),
  );

  const withdrawFromServer = {
    summary: 'Withdraw an invitation to this server',
    params: serverInvitationPath,
    answers: { 200: message },
    errors: ['not_found'],
  };
  app.delete(
    '/invitations/:invitation',
    { config: { access: 'users:manage', describe: withdrawFromServer } },
    async (request) => {
      const { invitation } = parse(serverInvitationPath, request.params);
      await invitations.withdrawFromServer(actorOf(request, 'users:manage'), invitation, originOf(request));
      return { message: 'Invitation withdrawn.' };
    },
  );

  const accept = {
    summary: 'Accept an invitation to a namespace',
    details: 'The account is a member from then on. An invitation to this server is for registration alone.',
    body: token,
    answers: { 200: message },
    errors: ['permission_denied', 'invitation_invalid', 'already_member'],
  };
  app.post(
    '/auth/invitations/accept',
    { config: { access: 'authenticated', limit: 'link', describe: accept } },
    async (request) => {
      await invitations.accept(loggedIn(request.actor), parse(token, request.body).token, originOf(request));
      return { message: 'Invitation accepted. Enter the namespace with POST /auth/sessions.' };
    },
  );
}
