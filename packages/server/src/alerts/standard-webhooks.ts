import { hmacSha256 } from '../encryption/message-signing.ts';

const PREFIX = 'whsec_';

/**
 * The HMAC key of a secret, as the Standard Webhooks libraries of receivers take it: `whsec_` is taken off, base64 is
 * decoded. What is no base64 is used byte by byte.
 */
export function webhookKey(secret: string): Buffer {
  const text = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret;
  const decoded = Buffer.from(text, 'base64');
  return decoded.toString('base64') === text ? decoded : Buffer.from(text);
}

/**
 * Headers of a signed delivery (Standard Webhooks 1.0, symmetric scheme `v1`).
 * @param id the same for every try @param time of this try, epoch milliseconds
 */
export function webhookHeaders(
  key: Uint8Array,
  { id, time, body }: { id: string; time: number; body: string },
): Record<string, string> {
  const seconds = String(Math.floor(time / 1000));
  const signature = hmacSha256(key, `${id}.${seconds}.${body}`).toString('base64');
  return { ...webhookId(id, seconds), 'webhook-signature': `v1,${signature}` };
}

/** The same without a secret: a receiver can still tell a repetition. */
export function unsignedHeaders({ id, time }: { id: string; time: number }): Record<string, string> {
  return webhookId(id, String(Math.floor(time / 1000)));
}

const webhookId = (id: string, seconds: string) => ({ 'webhook-id': id, 'webhook-timestamp': seconds });
