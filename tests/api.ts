export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** The parsed body, or undefined when it is not JSON. Tests look into whatever it is. */
  // biome-ignore lint/suspicious/noExplicitAny: what a server answers is what a test is about
  body: any;
}

/** `undefined` sends no body, a string or bytes go out as they are, anything else as JSON. */
export type Api = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Answer>;

/** Calls of one server with the same headers (its credential) every time. */
export function apiOf(url: string, always: Record<string, string> = {}): Api {
  return async (method, path, body, headers = {}) => {
    const raw = body === undefined || typeof body === 'string' || body instanceof Uint8Array;
    const response = await fetch(url + path, {
      method,
      headers: {
        ...always,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && {
        body: raw ? (body as string | Uint8Array<ArrayBuffer>) : JSON.stringify(body),
      }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: parsed(text) };
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** Registers a user and logs in: calls with that user's token, and the user. */
export async function registered(
  url: string,
  username: string,
): Promise<{ api: Api; user: { id: string; namespace: string }; token: string; password: string }> {
  const open = apiOf(url);
  // No part of it is the name of anybody: a password may not hold its owner's.
  const password = 'Correct-Horse-7';
  const made = await open('POST', '/auth/register', {
    username,
    email: `${username}@example.com`,
    password,
  });
  if (made.status !== 201) throw new Error(`no account for ${username}: ${made.text}`);
  const login = await open('POST', '/auth/login', { username, password });
  if (login.status !== 200) throw new Error(`no login for ${username}: ${login.text}`);
  const token = login.body.access_token as string;
  return { api: apiOf(url, bearer(token)), user: login.body.user, token, password };
}
