import type { SentAlert } from './alert.ts';
import type { Channel } from './channel.ts';
import { unsignedHeaders, webhookHeaders, webhookKey } from './standard-webhooks.ts';

/** How requests leave this server: `postTo` of outbound/fetch.ts. Resolves with the answer, whatever its status. */
export type Post = (
  url: string,
  options: {
    body: string;
    headers: Record<string, string>;
    timeoutMs: number;
    policy: 'operator' | 'public';
  },
) => Promise<{ status: number }>;

export interface WebhookOptions {
  url: string;
  secret: string | undefined;
  post: Post;
  /** Epoch milliseconds. */
  now: () => number;
}

const TIMEOUT_MS = 5000;

/** Posts each alert as JSON, signed where there is a secret. Any 2xx means that it was taken. */
export function webhookChannel({ url, secret, post, now }: WebhookOptions): Channel {
  const key = secret === undefined ? undefined : webhookKey(secret);
  return {
    name: 'webhook',
    async send(alert) {
      const body = JSON.stringify(payload(alert));
      const attempt = { id: alert.id, time: now(), body };
      const signed = key === undefined ? unsignedHeaders(attempt) : webhookHeaders(key, attempt);
      const headers = { 'content-type': 'application/json', ...signed };
      const { status } = await post(url, { body, headers, timeoutMs: TIMEOUT_MS, policy: 'operator' });
      if (status < 200 || status > 299) throw new Error(`the webhook answered ${status}`);
      return true;
    },
  };
}

/** `{type, timestamp, data}`, as Standard Webhooks recommends. */
function payload(alert: SentAlert) {
  const { id, kind, type, severity, summary, time, namespace, resource, first, last, heldBack } = alert;
  return {
    type,
    timestamp: new Date(time).toISOString(),
    data: {
      id,
      kind,
      severity,
      summary,
      namespace: namespace ?? null,
      resource: resource ?? null,
      first_event: first ?? null,
      last_event: last ?? null,
      held_back: heldBack,
    },
  };
}
