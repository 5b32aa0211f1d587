import type { FastifyInstance } from 'fastify';
import { loggedIn } from '../access/actor.ts';
import type { AccountService } from '../accounts/service.ts';
import { actorOf } from '../http/app.ts';
import { message } from '../http/describe.ts';
import { parse } from '../http/input.ts';
import { originOf } from '../http/origin.ts';
import { changedSettings, memberList, namespace, namespaceList, namespaceWithSettings } from './answers.ts';
import type { Members } from './members.ts';
import { memberChange, memberPath, namespacePath, newNamespace, settingsChange } from './schema.ts';
import type { NamespaceService } from './service.ts';

export interface NamespaceRouteDeps {
  namespaces: Pick<NamespaceService, 'create' | 'list' | 'describe' | 'changeSettings'>;
  members: Pick<Members, 'list' | 'change' | 'remove' | 'leave'>;
  accounts: Pick<AccountService, 'byRow'>;
}

const OWN = '`id` is the namespace that the credential acts in; any other is not found.';
const AT_HOME = 'The account that the namespace came with is no member in this sense: it is not found.';

export function namespaceRoutes(app: FastifyInstance, { namespaces, members, accounts }: NamespaceRouteDeps) {
  const list = {
    summary: 'List the namespaces that the account may act in',
    answers: { 200: namespaceList },
    errors: ['permission_denied'],
  };
  app.get('/namespaces', { config: { access: 'authenticated', describe: list } }, async (request) => {
    const { row } = loggedIn(request.actor).account;
    return { namespaces: await namespaces.list(await accounts.byRow(row)) };
  });

  const create = {
    summary: 'Make a namespace for several people',
    details: 'The account is its administrator. Refused for an account that is a member of 100 already.',
    body: newNamespace,
    answers: { 201: namespace },
    errors: ['limit_reached'],
  };
  app.post(
    '/namespaces',
    { config: { access: 'keys:manage', stepUp: true, describe: create } },
    async (request, reply) => {
      const { name } = parse(newNamespace, request.body);
      const made = await namespaces.create(actorOf(request, 'keys:manage'), name, originOf(request));
      return reply.status(201).send(made);
    },
  );

  const get = {
    summary: 'Name and settings of a namespace',
    details: OWN,
    params: namespacePath,
    answers: { 200: namespaceWithSettings },
    errors: ['permission_denied', 'not_found'],
  };
  app.get('/namespaces/:id', { config: { access: 'authenticated', describe: get } }, (request) =>
    namespaces.describe(loggedIn(request.actor), parse(namespacePath, request.params).id),
  );

  const changeSettings = {
    summary: 'Change settings of a namespace',
    details: `What is left out stays as it is. ${OWN}`,
    params: namespacePath,
    body: settingsChange,
    answers: { 200: changedSettings },
    errors: ['not_found', 'stale_version'],
  };
  app.patch(
    '/namespaces/:id',
    { config: { access: 'members:manage', stepUp: true, describe: changeSettings } },
    async (request) => {
      const { id } = parse(namespacePath, request.params);
      const changes = parse(settingsChange, request.body);
      const actor = actorOf(request, 'members:manage');
      return { settings: await namespaces.changeSettings(actor, id, changes, originOf(request)) };
    },
  );

  const leave = {
    summary: 'Leave a namespace',
    details:
      'The sessions and keys of the account there end. Nobody leaves the namespace that came with them.',
    params: namespacePath,
    answers: { 200: message },
    errors: ['not_found', 'last_admin'],
  };
  app.delete(
    '/namespaces/:id/membership',
    { config: { access: 'authenticated', stepUp: true, describe: leave } },
    async (request) => {
      const { id } = parse(namespacePath, request.params);
      await members.leave(loggedIn(request.actor), id, originOf(request));
      return { message: 'You have left the namespace.' };
    },
  );

  const listMembers = {
    summary: 'List the members of a namespace',
    details: OWN,
    params: namespacePath,
    answers: { 200: memberList },
    errors: ['not_found'],
  };
  app.get(
    '/namespaces/:id/members',
    { config: { access: 'members:manage', describe: listMembers } },
    async (request) => {
      const { id } = parse(namespacePath, request.params);
      return { members: await members.list(actorOf(request, 'members:manage'), id) };
    },
  );

  const changeMember = {
    summary: 'Change the role of a member',
    details: `The member's sessions there end. ${OWN} ${AT_HOME}`,
    params: memberPath,
    body: memberChange,
    answers: { 200: message },
    errors: ['not_found', 'last_admin'],
  };
  app.patch(
    '/namespaces/:id/members/:member',
    { config: { access: 'members:manage', stepUp: true, describe: changeMember } },
    async (request) => {
      const { id, member } = parse(memberPath, request.params);
      const { role } = parse(memberChange, request.body);
      await members.change(actorOf(request, 'members:manage'), id, member, role, originOf(request));
      return { message: 'Role changed.' };
    },
  );

  const removeMember = {
    summary: 'Remove a member',
    details: `The member's sessions and keys there end. ${OWN} ${AT_HOME}`,
    params: memberPath,
    answers: { 200: message },
    errors: ['not_found', 'last_admin'],
  };
  app.delete(
    '/namespaces/:id/members/:member',
    { config: { access: 'members:manage', stepUp: true, describe: removeMember } },
    async (request) => {
      const { id, member } = parse(memberPath, request.params);
      await members.remove(actorOf(request, 'members:manage'), id, member, originOf(request));
      return { message: 'Member removed.' };
    },
  );
}
