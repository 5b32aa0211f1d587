import { expect } from 'vitest';
import { type Api, apiOf, bearer } from '../api.ts';
import { BEHIND_PROXY } from '../attacks/clients.ts';
import { PASSWORD } from '../attacks/entrance.ts';
import { type Server, startServer } from '../server-process.ts';
import { Contract } from './contract.ts';

/** One call as a chapter writes it; the status is what it has to answer, the result its body. */
export type Call = (
  call: `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`,
  body?: unknown,
  status?: number,
  headers?: Record<string, string>,
  // biome-ignore lint/suspicious/noExplicitAny: what a server answers is what a test is about
) => Promise<any>;

/** Somebody who is logged in. */
export interface Person {
  id: string;
  /** Public id of the namespace that the session acts in. */
  namespace: string;
  token: string;
  call: Call;
}

/** What all chapters act on. */
export interface Stage {
  server: Server;
  contract: Contract;
  open: Call;
  /** The administrator of the server. */
  admin: Person;
  /** A user with nothing but what an account brings. */
  ada: Person;
  /** Calls with these headers. */
  with(headers: Record<string, string>): Call;
  /** The same, whatever they answer. */
  asking(headers: Record<string, string>): Api;
  /** Makes an account. */
  register(username: string): Promise<void>;
  /** Logs in; `more` goes along, such as a namespace. */
  enter(username: string, more?: object): Promise<Person>;
  /** Calls with a new key of the administrator's. */
  key(more?: object): Promise<Call>;
}

export const mailOf = (username: string) => `${username}@example.com`;

/** Somebody as a login, or whatever else begins a session, has let them in. */
export function personOf(stage: Pick<Stage, 'with'>, login: { access_token: string }): Person {
  const token = login.access_token;
  const claims = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString());
  return { id: claims.sub, namespace: claims.namespace, token, call: stage.with(bearer(token)) };
}

export async function openStage(): Promise<Stage> {
  const server = await startServer({
    settings: {
      MEMHOLD_ADMIN_PASSWORD: PASSWORD,
      ...BEHIND_PROXY,
      MEMHOLD_WEBHOOK_ADDRESSES: 'private',
      MEMHOLD_EMAIL_VERIFICATION: 'optional',
      MEMHOLD_JWT_ALGORITHM: 'EdDSA',
      MEMHOLD_RATE_LIMITS: 'on',
    },
  });
  const { body } = await apiOf(server.url)('GET', '/openapi.json');
  const contract = new Contract(body);
  const asking = (headers: Record<string, string>) => contract.watching(apiOf(server.url, headers));
  const using = (headers: Record<string, string>): Call => {
    const api = asking(headers);
    return async (call, sent, status, more) => {
      const [method, path] = call.split(' ') as [string, string];
      const answer = await api(method, path, sent, more);
      expect([call, answer.status, answer.text]).toEqual([call, status ?? 200, answer.text]);
      return answer.body;
    };
  };
  const open = using({});
  const stage: Omit<Stage, 'admin' | 'ada'> = {
    server,
    contract,
    open,
    with: using,
    asking,
    async register(username) {
      await open('POST /auth/register', { username, email: mailOf(username), password: PASSWORD }, 201);
    },
    async enter(username, more = {}) {
      return personOf(stage, await open('POST /auth/login', { username, password: PASSWORD, ...more }));
    },
    async key(more = {}) {
      const { key } = await admin.call('POST /api-keys', { name: 'of a program', ...more }, 201);
      return using({ 'x-api-key': key });
    },
  };
  const admin = await stage.enter('admin');
  await stage.register('ada');
  return { ...stage, admin, ada: await stage.enter('ada') };
}
