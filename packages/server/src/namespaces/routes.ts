import type { FastifyInstance } from 'fastify';
import { loggedIn } from '../access/actor.ts';
import type { AccountService } from '../accounts/service.ts';
import { actorOf } from '../http/app.ts';
import { parse } from '../http/input.ts';
import { originOf } from '../http/origin.ts';
import type { Members } from './members.ts';
import { memberChange, memberPath, namespacePath, newNamespace, settingsChange } from './schema.ts';
import type { NamespaceService } from './service.ts';

export interface NamespaceRouteDeps {
  namespaces: Pick<NamespaceService, 'create' | 'list' | 'describe' | 'changeSettings'>;
  members: Pick<Members, 'list' | 'change' | 'remove' | 'leave'>;
  accounts: Pick<AccountService, 'byRow'>;
}

export function namespaceRoutes(app: FastifyInstance, { namespaces, members, accounts }: NamespaceRouteDeps) {
  /** → 200 `{namespaces: [{id, name, role, own, created_at}]}`: where the account may act. */
  app.get('/namespaces', { config: { access: 'authenticated' } }, async (request) => {
    const { row } = loggedIn(request.actor).account;
    return { namespaces: await namespaces.list(await accounts.byRow(row)) };
  });

  /** `{name}` → 201: a namespace for several people, with the account as its administrator. */
  app.post('/namespaces', { config: { access: 'keys:manage', stepUp: true } }, async (request, reply) => {
    const { name } = parse(newNamespace, request.body);
    const made = await namespaces.create(actorOf(request, 'keys:manage'), name, originOf(request));
    return reply.status(201).send(made);
  });

  /** → 200 `{id, name, settings}`, of the namespace that the credential acts in; 404 for every other. */
  app.get('/namespaces/:id', { config: { access: 'authenticated' } }, (request) =>
    namespaces.describe(loggedIn(request.actor), parse(namespacePath, request.params).id),
  );

  /** `{audit_reads?, require_mfa?, require_signatures?}` → 200 `{settings}` */
  app.patch('/namespaces/:id', { config: { access: 'members:manage', stepUp: true } }, async (request) => {
    const { id } = parse(namespacePath, request.params);
    const changes = parse(settingsChange, request.body);
    const actor = actorOf(request, 'members:manage');
    return { settings: await namespaces.changeSettings(actor, id, changes, originOf(request)) };
  });

  /** → 200 `{message}`: the account is no member any more. 404 for a namespace that it is none of; 409 `last_admin`. */
  app.delete(
    '/namespaces/:id/membership',
    { config: { access: 'authenticated', stepUp: true } },
    async (request) => {
      const { id } = parse(namespacePath, request.params);
      await members.leave(loggedIn(request.actor), id, originOf(request));
      return { message: 'You have left the namespace.' };
    },
  );

  /** → 200 `{members: [{id, username, role, own, is_active, since}]}` */
  app.get('/namespaces/:id/members', { config: { access: 'members:manage' } }, async (request) => {
    const { id } = parse(namespacePath, request.params);
    return { members: await members.list(actorOf(request, 'members:manage'), id) };
  });

  /** `{role}` → 200 `{message}`; the member's sessions here end. 409 `last_admin`. */
  app.patch(
    '/namespaces/:id/members/:member',
    { config: { access: 'members:manage', stepUp: true } },
    async (request) => {
      const { id, member } = parse(memberPath, request.params);
      const { role } = parse(memberChange, request.body);
      await members.change(actorOf(request, 'members:manage'), id, member, role, originOf(request));
      return { message: 'Role changed.' };
    },
  );

  /** → 200 `{message}`; the member's sessions and keys here end. 409 `last_admin`. */
  app.delete(
    '/namespaces/:id/members/:member',
    { config: { access: 'members:manage', stepUp: true } },
    async (request) => {
      const { id, member } = parse(memberPath, request.params);
      await members.remove(actorOf(request, 'members:manage'), id, member, originOf(request));
      return { message: 'Member removed.' };
    },
  );
}
