import { type Answer, type Api, apiOf, bearer } from '../api.ts';
import { claimsOf } from './forgery.ts';

export const PASSWORD = 'Correct-Horse-7';

/** A session as its client holds it. */
export interface Entered {
  token: string;
  refresh: string;
  /** Public ids. */
  session: string;
  account: string;
  namespace: string;
  api: Api;
}

/** What an answer to a login, a refresh or a change of the password let in. */
export function entered(url: string, { status, text, body }: Answer): Entered {
  if (status !== 200 && status !== 201) throw new Error(`${status}: ${text}`);
  const token = body.access_token as string;
  const { sid, sub, namespace } = claimsOf(token);
  return {
    token,
    refresh: body.refresh_token,
    session: sid,
    account: sub,
    namespace,
    api: apiOf(url, bearer(token)),
  };
}

/** Logs in; `more` goes along, such as a code or a namespace. */
export async function enter(url: string, username: string, more: object = {}): Promise<Entered> {
  return entered(url, await apiOf(url)('POST', '/auth/login', { username, password: PASSWORD, ...more }));
}

/** Makes an account and logs in. */
export async function register(url: string, username: string): Promise<Entered> {
  const account = { username, email: `${username}@example.com`, password: PASSWORD };
  const { status, text } = await apiOf(url)('POST', '/auth/register', account);
  if (status !== 201) throw new Error(`no account for ${username}: ${text}`);
  return enter(url, username);
}
