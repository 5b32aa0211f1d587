import type { FastifyInstance } from 'fastify';
import { mem0Access } from './mem0-errors.ts';

/** A call of the mem0 API that this service does not have; the message says what to do instead. */
class NotImplemented extends Error {
  readonly code = 'not_implemented';

  constructor(message: string) {
    super(message);
    this.name = 'NotImplemented';
  }
}

const PROFILES =
  'Profiles are not made here: no model is configured. POST /v1/summary/ tells of a user in the words of their memories.';
const MEMBERS =
  'Members are managed with a login, not with a key: see /namespaces/{id}/members and /namespaces/{id}/invitations.';
const PROJECTS = 'Projects are namespaces here: make one with POST /namespaces, with a login.';
const NO_END =
  'A project ends with its namespace, and that with the account that owns it: see DELETE /users/{id}.';
const ORGANISATIONS = 'There are no organisations here: a namespace is both organisation and project.';

const ORGS = '/api/v1/orgs/organizations/';
const OF_ORG = `${ORGS}:org/`;
const OF_PROJECT = `${OF_ORG}projects/:project/`;

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
const CALLS: [url: string, methods: Method[], instead: string][] = [
  ['/v2/entities/user/:id/profile/', ['GET'], PROFILES],
  ['/v2/profiles/jobs/', ['POST'], PROFILES],
  ['/v2/profiles/jobs/:id/', ['GET'], PROFILES],
  ['/v2/profiles/settings/', ['GET', 'POST'], PROFILES],
  [`${OF_PROJECT}members/`, ['GET', 'POST', 'PUT', 'DELETE'], MEMBERS],
  [`${OF_ORG}members/`, ['GET', 'POST', 'PUT', 'DELETE'], MEMBERS],
  [OF_PROJECT, ['DELETE'], NO_END],
  [`${OF_ORG}projects/`, ['GET', 'POST'], PROJECTS],
  [ORGS, ['GET', 'POST'], ORGANISATIONS],
  [OF_ORG, ['GET', 'PATCH', 'DELETE'], ORGANISATIONS],
];

/** Calls that both clients have and this service has not: 501 `not_implemented`, whoever is named in them. */
export function mem0UnsupportedRoutes(app: FastifyInstance): void {
  for (const [url, method, instead] of CALLS)
    app.route({
      url,
      method,
      ...mem0Access.authenticated,
      handler: async () => {
        throw new NotImplemented(instead);
      },
    });
}
