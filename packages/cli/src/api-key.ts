import type { Command } from 'commander';
import { shortTime } from './table.ts';

/** A key as the service shows it. Times are ISO 8601. */
export interface ApiKey {
  id: string;
  name: string;
  permissions: string[];
  entities: Record<string, string> | null;
  expires_at: string | null;
  last_used_at: string | null;
  previous_until: string | null;
  rotate_after_days: number | null;
  signing: { algorithm: string; required: boolean } | null;
}

/** The one time that a key is shown. */
export interface NewApiKey extends ApiKey {
  key: string;
  signing_secret?: string;
}

/** `user_id=ada run_id=7`, or null for a key that reaches its whole namespace. */
export function boundTo({ entities }: ApiKey): string | null {
  return (
    entities &&
    Object.entries(entities)
      .map((pair) => pair.join('='))
      .join(' ')
  );
}

/** What a key may do, in one line. */
export function described(key: ApiKey): string {
  const only = boundTo(key);
  return [
    `may ${key.permissions.join(', ')}`,
    ...(only === null ? [] : [`only for ${only}`]),
    ...(key.expires_at === null ? [] : [`until ${shortTime(key.expires_at)}`]),
    ...(key.signing === null ? [] : [`signs its requests with ${key.signing.algorithm}`]),
  ].join(', ');
}

export const secretsOf = ({ key, signing_secret: secret }: NewApiKey) =>
  secret === undefined ? [key] : [key, secret];
/** What is said of the lines that follow. */
export const shownOnce = ({ signing_secret: secret }: NewApiKey) =>
  secret === undefined
    ? 'It is shown only this once:'
    : 'The key, and then the secret that signs (base64), are shown only this once:';

/**
 * The id of a key: as it is, or out of the whole key, whose secret goes no further, not into an error either.
 * Anything else is a usage error of the command.
 */
export function keyId(text: string, self: Command): string {
  const [, id] = /^(?:mh_)?([a-z0-9]{12})(?:_[0-9A-Za-z]+)?$/.exec(text) ?? [];
  return id ?? self.error('error: that is no id of a key: find it with memhold keys list');
}
