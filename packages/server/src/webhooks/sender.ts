import { webhookHeaders, webhookKey } from '../alerts/standard-webhooks.ts';
import { SinkError } from '../audit/sink-runner.ts';
import type { postTo } from '../outbound/fetch.ts';
import type { WebhookMessage } from './message.ts';
import { policyOf, type WebhookAddresses } from './target.ts';
import type { WebhookBody } from './webhook.ts';

/** How requests leave this server: `postTo` of outbound/fetch.ts. */
export type Post = typeof postTo;

export interface SenderOptions {
  post: Post;
  addresses: WebhookAddresses;
  /** Epoch milliseconds. */
  now(): number;
}

/**
 * Posts a message, signed as Standard Webhooks 1.0 says (https://www.standardwebhooks.com): any 2xx says that it was
 * taken. A redirect is none: nobody is followed.
 * @throws OutboundError, SinkError
 */
export async function sendMessage(
  { url, secret }: Pick<WebhookBody, 'url' | 'secret'>,
  message: WebhookMessage,
  { post, addresses, now }: SenderOptions,
): Promise<void> {
  const body = JSON.stringify(message);
  const signed = webhookHeaders(webhookKey(secret), { id: message.event_id, time: now(), body });
  const headers = { 'content-type': 'application/json', ...signed };
  const { status } = await post(url, { body, headers, policy: policyOf(addresses) });
  if (status < 200 || status > 299) throw new SinkError('sink_refused', `It answered ${status}.`);
}
