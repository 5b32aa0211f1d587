import { NAME, ok, type Stage, TEXT } from './stage.ts';
import { inSession, type Provocation, SYSTEM, told } from './told.ts';
import { witnessDouble } from './witness-double.ts';

/** A webhook from its registration to its end, whose receiver is out of order at first. */
export function webhookEvents(stage: Stage) {
  let receiver: Awaited<ReturnType<typeof witnessDouble>>;
  let id: string;
  const byAdmin = () => inSession(stage.admin);
  const about = () => ({
    namespace: stage.admin.namespace,
    resource: ['webhook', [id]] as const,
  });

  return {
    'webhook.created': async () => {
      receiver = await witnessDouble();
      const webhook = { name: `${NAME} hook`, url: receiver.url };
      const made = await ok(stage.admin.api('POST', '/webhooks', webhook));
      id = made.id;
      stage.secrets.add(made.signing_secret);
      return told(byAdmin(), 'POST /webhooks', { ...about(), states: 'after' });
    },
    'webhook.updated': async () => {
      await ok(stage.admin.api('PATCH', `/webhooks/${id}`, { name: `${NAME} other` }));
      return told(byAdmin(), `PATCH /webhooks/${id}`, { ...about(), states: 'before and after' });
    },
    'webhook.failed': async () => {
      await ok(stage.admin.api('POST', '/memories', { content: `${TEXT} that somebody is told of` }));
      await stage.logged('webhook.failed');
      return told(SYSTEM, undefined, { ...about(), failed: true });
    },
    'webhook.recovered': async () => {
      receiver.recover();
      await stage.logged('webhook.recovered');
      return told(SYSTEM, undefined, about());
    },
    'webhook.removed': async () => {
      await ok(stage.admin.api('DELETE', `/webhooks/${id}`));
      await receiver.close();
      return told(byAdmin(), `DELETE /webhooks/${id}`, { ...about(), states: 'before' });
    },
  } satisfies Record<string, Provocation>;
}
