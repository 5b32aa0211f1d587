import type { Call } from './access.ts';
import { CommandFailure, oneLine } from './failure.ts';

/** A user as the service shows it. Times are ISO 8601. */
export interface User {
  id: string;
  username: string;
  email: string;
  full_name: string | null;
  namespace: string;
  roles: string[];
  is_active: boolean;
  is_verified: boolean;
  created_at: string;
  last_login_at: string | null;
}

export const ROLES = ['admin', 'user', 'readonly'];
/** What the argument of a command may be. */
export const USER_ARGUMENT = 'user name, e-mail address or id';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The user of a name, an address or an id. User names may look like ids: one that is the id of somebody else names
 * nobody, so that no user can be taken for another by the choice of a name.
 * @throws CommandFailure `not_found`, `ambiguous_user`
 */
export async function findUser(call: Call, named: string): Promise<User> {
  // Not as a part of a path: `..` would be another path.
  if (/^\.{0,2}$/.test(named)) throw unknown(named);
  const part = encodeURIComponent(named);
  const found = [await orNothing(call<User>('GET', `/auth/users/${part}`))];
  if (UUID.test(named)) found.push(await orNothing(call<User>('GET', `/users/${part.toLowerCase()}`)));
  const [first, second] = found.filter((user) => user !== undefined);
  if (first === undefined) throw unknown(named);
  if (second !== undefined && second.id !== first.id)
    throw new CommandFailure(
      'ambiguous_user',
      `${named} is the name of the user ${first.id} and the id of the user ${second.username} — use these`,
    );
  return first;
}

const unknown = (named: string) =>
  new CommandFailure('not_found', `there is no user "${oneLine(named)}" — see memhold users list`);

async function orNothing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof CommandFailure && error.code === 'not_found') return undefined;
    throw error;
  }
}

export const pathOf = (user: User, rest = '') => `/users/${encodeURIComponent(user.id)}${rest}`;
export const stateOf = ({ is_active }: User) => (is_active ? 'active' : 'deactivated');
