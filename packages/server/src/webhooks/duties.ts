import type { Notice } from '../audit/notices.ts';
import type { LogSource } from '../audit/source.ts';
import type { LogTail } from '../audit/tail.ts';
import type { Unit } from '../database/unit.ts';
import { postTo } from '../outbound/fetch.ts';
import { WebhookDelivery } from './delivery.ts';
import type { WebhookState } from './service.ts';
import type { WebhookAddresses } from './target.ts';

export interface WebhookDutyContext {
  source: LogSource;
  tail: LogTail;
  settings: { webhookAddresses: WebhookAddresses };
  commit(unit: Unit): Promise<unknown>;
  notify(notice: Notice): void;
  now(): number;
}

/** What the evidence thread does for webhooks: it has the log, and the keys of its private parts. */
export function webhookDuties(context: WebhookDutyContext) {
  const { tail, settings } = context;
  const delivery = new WebhookDelivery({
    ...context,
    addresses: settings.webhookAddresses,
    post: postTo,
    seen: () => tail.position,
  });
  tail.follow(delivery);
  const started = delivery.start();
  return {
    /** Resolves when everything that is committed by now was looked at: also which webhooks there are. */
    async lookAtWebhooks(_: Record<string, never>): Promise<void> {
      await started;
      await tail.catchUp();
    },
    /** How the webhooks of a namespace are. */
    async webhookStates({ namespace }: { namespace: string }): Promise<WebhookState[]> {
      await started;
      return delivery.states(namespace);
    },
    closeWebhooks: (_: Record<string, never>) => delivery.close(),
  };
}
