import { localFetch } from '../../packages/server/src/http/local-fetch.ts';
import { localSocketPath } from '../../packages/server/src/http/local-socket-path.ts';
import { type Api, apiOf, bearer, registered } from '../api.ts';
import { type Server, startServer } from '../server-process.ts';

/** Somebody with an account, logged in. */
export interface Person {
  username: string;
  password: string;
  id: string;
  /** Public id of the namespace that came with the account. */
  namespace: string;
  /** Public id of the session that `api` speaks in. */
  session: string;
  token: string;
  api: Api;
}

export const ADMIN_PASSWORD = 'Correct-Horse-7';

/** A server whose administrator has chosen a password already. */
export async function startWithAdmin(settings: Record<string, string> = {}) {
  const server = await startServer({ settings: { MEMHOLD_ADMIN_PASSWORD: ADMIN_PASSWORD, ...settings } });
  return { server, admin: await loggedIn(server, 'admin', ADMIN_PASSWORD) };
}

/** Logs in, in a namespace if one is given. */
export async function loggedIn(
  server: Pick<Server, 'url'>,
  username: string,
  password: string,
  namespace?: string,
): Promise<Person> {
  const words = { username, password, ...(namespace && { namespace }) };
  const { status, text, body } = await apiOf(server.url)('POST', '/auth/login', words);
  if (status !== 200) throw new Error(`no login for ${username}: ${text}`);
  const { id, namespace: own } = body.user;
  const token = body.access_token as string;
  const [, claims = ''] = token.split('.');
  const { sid } = JSON.parse(Buffer.from(claims, 'base64url').toString());
  return {
    username,
    password,
    id,
    namespace: own,
    session: sid,
    token,
    api: apiOf(server.url, bearer(token)),
  };
}

export async function newPerson(server: Pick<Server, 'url'>, username: string): Promise<Person> {
  const { password } = await registered(server.url, username);
  return loggedIn(server, username, password);
}

/** What a request must have made, or the reason why it did not. */
export async function made(answer: ReturnType<Api>) {
  const { status, text, body } = await answer;
  if (status !== 201 && status !== 200) throw new Error(`${status}: ${text}`);
  return body;
}

export interface HeldKey {
  id: string;
  key: string;
  api: Api;
}

export async function keyOf(server: Pick<Server, 'url'>, by: Api, more: object = {}): Promise<HeldKey> {
  const { id, key } = await made(by('POST', '/api-keys', { name: 'a key', ...more }));
  return { id, key, api: apiOf(server.url, { 'x-api-key': key }) };
}

/** Brings somebody into a namespace, and logs them in there. */
export async function joined(
  server: Pick<Server, 'url'>,
  by: Person,
  namespace: string,
  who: Person,
  role: string,
) {
  const { token } = await made(by.api('POST', `/namespaces/${namespace}/invitations`, { role }));
  await made(who.api('POST', '/auth/invitations/accept', { token }));
  return loggedIn(server, who.username, who.password, namespace);
}

/** A namespace for several people: its id, and its founder logged in there. */
export async function teamOf(server: Pick<Server, 'url'>, founder: Person, name = 'team') {
  const { id } = await made(founder.api('POST', '/namespaces', { name }));
  return { id: id as string, admin: await loggedIn(server, founder.username, founder.password, id) };
}

/** Calls of somebody at the machine itself, through the data folder's socket. */
export function operatorOf(server: Pick<Server, 'dataDir'>) {
  const path = localSocketPath(server.dataDir);
  return async (method: string, url: string, body?: unknown) => {
    const answer = await localFetch(path, { method, path: url, ...(body !== undefined && { body }) });
    // biome-ignore lint/suspicious/noExplicitAny: what a server answers is what a test is about
    return { status: answer.status, body: JSON.parse(answer.body) as any };
  };
}
