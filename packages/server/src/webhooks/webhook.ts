import type { EventType } from '../audit/events.ts';
import { type DataKey, open, seal } from '../encryption/seal.ts';

/** What a webhook may be told of. Nothing here categorises memories, so `memory_categorize` is never sent. */
export const WEBHOOK_EVENTS = [
  'memory_add',
  'memory_update',
  'memory_delete',
  'memory_categorize',
  'scan_submitted',
  'scan_override',
  'deployment_approved',
  'deployment_rejected',
  'deployment_revoked',
  'deployment_released',
] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

/** By the type of the audit event that it is made of. */
export const EVENT_OF: Partial<Record<EventType, WebhookEvent>> = {
  'memory.created': 'memory_add',
  'memory.updated': 'memory_update',
  'memory.deleted': 'memory_delete',
  'scan.submitted': 'scan_submitted',
  'scan.override.recorded': 'scan_override',
  'deployment.approved': 'deployment_approved',
  'deployment.rejected': 'deployment_rejected',
  'deployment.revoked': 'deployment_revoked',
  'deployment.released': 'deployment_released',
};

/** What the row of a webhook holds sealed: an address may have a token in its path or query. */
export interface WebhookBody {
  name: string;
  url: string;
  event_types: WebhookEvent[];
  /** `whsec_` and 32 bytes in base64, as Standard Webhooks writes a symmetric secret. */
  secret: string;
  active: boolean;
}

/** `namespace` is the row of the namespace, which the body is bound to. */
export interface WebhookPlace {
  id: string;
  namespace: number;
}

const address = ({ id, namespace }: WebhookPlace) => ({
  namespace,
  table: 'webhooks',
  row: id,
  field: 'body',
});

export function sealWebhook(key: DataKey, place: WebhookPlace, body: WebhookBody): Buffer {
  return seal(key, address(place), Buffer.from(JSON.stringify(body)));
}

/** @throws EncryptionError `decryption_failed` for a row that was changed or moved. */
export function openWebhook(key: DataKey, place: WebhookPlace, sealed: Uint8Array): WebhookBody {
  return JSON.parse(open(key, address(place), sealed).toString()) as WebhookBody;
}
