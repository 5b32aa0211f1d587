import { expect } from 'vitest';
import type { AuditRecord } from '../../packages/server/src/audit/record.ts';
import type { Entered } from '../attacks/entrance.ts';

/** Who an event has to name. */
export interface Who {
  kind: AuditRecord['actor_kind'];
  id?: string;
  /** Whose key it is; of people it is `id`. */
  account?: string;
  session?: string;
}
export const NOBODY: Who = { kind: 'anonymous' };
export const SYSTEM: Who = { kind: 'system' };

/** Somebody who acts in a session. */
export const inSession = ({ account, session }: Pick<Entered, 'account' | 'session'>): Who => ({
  kind: 'account',
  id: account,
  session,
});
/** The owner of an account, who showed something else than a session: a link from a mail. */
export const owner = ({ account }: Pick<Entered, 'account'>): Who => ({ kind: 'account', id: account });
/** Somebody at the machine, in the place of the first administrator. */
export const operator = ({ account }: Pick<Entered, 'account'>): Who => ({ kind: 'operator', id: account });

export interface About {
  namespace?: string;
  /** A type and all ids; a matcher where the test cannot know them. */
  resource?: readonly [type: string, ids: readonly unknown[] | ReturnType<typeof expect.any>];
  action?: string;
  /** Why it failed. */
  code?: string;
  /** It failed, and there is no code for it. */
  failed?: true;
  /** It tells from where, though it came from no single request. */
  fromNetwork?: true;
  states?: 'before' | 'after' | 'before and after';
}

/** What of an event a test says beforehand, column by column. */
export type Told = Partial<Record<keyof AuditRecord, unknown>>;

const TEXT = expect.any(String);
const COMMITMENT = expect.stringMatching(/^[0-9a-f]{64}$/);

/**
 * The columns of one event. `call` is the request that it came from, as `METHOD /path`; with a `?` the log has a
 * commitment to its query. Undefined for what the service does by itself. What is not said here must be null.
 */
export function told({ kind, id, account, session }: Who, call?: string, about: About = {}): Told {
  const { namespace, resource, action, code, failed, fromNetwork, states = '' } = about;
  const [method, url = ''] = call?.split(' ') ?? [];
  const [path, query] = url.split('?');
  // Programs on the machine itself have neither an address nor a name.
  const client = fromNetwork || (call !== undefined && kind !== 'operator') ? TEXT : null;
  return {
    actor_kind: kind,
    actor_id: id ?? null,
    user_id: account ?? id ?? null,
    session_id: session ?? null,
    ip_address: client,
    user_agent: client,
    namespace: namespace ?? null,
    resource_type: resource?.[0] ?? null,
    resource_ids: resource?.[1] ?? [],
    action: action ?? null,
    before_state: states.includes('before') ? COMMITMENT : null,
    after_state: states.includes('after') ? COMMITMENT : null,
    request_id: call === undefined ? null : TEXT,
    request_method: method ?? null,
    request_path: call === undefined ? null : path,
    request_params: query === undefined ? null : TEXT,
    success: code === undefined && !failed,
    error_code: code ?? null,
  };
}

/** Does what makes the service log an event, and says which event that has to be. */
export type Provocation = () => Promise<Told>;
