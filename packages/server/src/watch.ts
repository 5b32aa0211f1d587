import { type Alert, alertOf } from './alerts/alert.ts';
import type { Channel } from './alerts/channel.ts';
import { emailChannel } from './alerts/email.ts';
import { AlertService } from './alerts/service.ts';
import { webhookChannel } from './alerts/webhook.ts';
import type { Notice } from './audit/notices.ts';
import type { Config } from './config.ts';
import type { WriterClient } from './database/writer-client.ts';
import { countRequests } from './health/http-metrics.ts';
import { Metrics } from './health/metrics.ts';
import { processMetrics } from './health/process-metrics.ts';
import type { HealthService } from './health/service.ts';
import { type SinkState, SinkStates } from './health/sink-states.ts';
import type { MailService } from './mail/service.ts';
import { postTo } from './outbound/fetch.ts';

export interface WatchDeps {
  config: Pick<Config, 'alertWebhook' | 'alertSecret' | 'alertEmail'>;
  mail: Pick<MailService, 'queue' | 'wake'>;
  writer: Pick<WriterClient, 'commit'>;
  /** How the witnesses and streams of the audit log are. */
  sinkStates(): Promise<readonly SinkState[]>;
  /** Epoch milliseconds. */
  now: () => number;
}

export type Watch = ReturnType<typeof watchOver>;

/** What tells people and scrapers how the service is: alerts and metrics. */
export function watchOver(deps: WatchDeps) {
  const metrics = new Metrics();
  const sinks = new SinkStates(deps.sinkStates);
  const raised = metrics.counter(
    'memhold_alerts_total',
    'Alerts raised, and those of them that were held back as repetitions.',
    ['detection', 'held_back'],
  );
  const delivered = metrics.counter(
    'memhold_alert_deliveries_total',
    'Alerts handed over, given up after every try, or dropped as too many were waiting.',
    ['channel', 'outcome'],
  );
  const labels = ['what', 'name'];
  metrics.gauge(
    'memhold_audit_sink_healthy',
    '1 while a witness or stream of the audit log takes what it is given.',
    labels,
    () => sinks.healthy(),
  );
  metrics.gauge(
    'memhold_audit_sink_behind',
    'What a witness or stream of the audit log has not got yet.',
    labels,
    () => sinks.behind(),
  );
  const alerts = new AlertService({
    channels: channelsOf(deps),
    raised: (kind, heldBack) => {
      raised(kind, heldBack ? 'yes' : 'no').value++;
    },
    delivered: (channel, outcome) => {
      delivered(channel, outcome).value++;
    },
    now: deps.now,
    monotonic: () => performance.now(),
  });
  return {
    metrics,
    /** Tells people of what the evidence thread noticed, where they must know. */
    noticed(notice: Notice): void {
      if (notice.kind === 'sink') sinks.told(notice);
      const alert: Alert | undefined = alertOf(notice);
      if (alert) alerts.raise(alert);
    },
    /** Begins to count the requests of an app, and shows how its parts are. */
    measure(
      app: Parameters<typeof countRequests>[0],
      parts: { health: HealthService; logSize(): number; startedAt: number },
    ): void {
      countRequests(app, metrics, (code) => alerts.requestFailed(code));
      processMetrics(metrics, parts.startedAt);
      metrics.gauge('memhold_ready', '1 while the service is ready for requests.', [], async () => {
        const { status } = await parts.health.readiness();
        return [[[], Number(status === 'healthy')]];
      });
      metrics.gauge('memhold_audit_log_size', 'Events in the audit log.', [], () => [[[], parts.logSize()]]);
    },
    close: () => alerts.close(),
  };
}

function channelsOf({ config, mail, writer, now }: WatchDeps): Channel[] {
  const { alertWebhook: url, alertSecret: secret, alertEmail: to } = config;
  return [
    ...(url === undefined ? [] : [webhookChannel({ url, secret, post: postTo, now })]),
    ...(to === undefined ? [] : [emailChannel({ to, mail, writer })]),
  ];
}
