import { expect, it } from 'vitest';
import type { Notice } from './audit/notices.ts';
import type { SinkState } from './health/sink-states.ts';
import { watchOver } from './watch.ts';

const nobody = { alertWebhook: undefined, alertSecret: undefined, alertEmail: undefined };
const watch = (sinkStates = async (): Promise<SinkState[]> => []) =>
  watchOver({
    sinkStates,
    config: nobody,
    mail: { queue: () => [], wake: () => undefined },
    writer: { commit: async () => ({ rows: [], firstChange: 0 }) as never },
    now: () => 0,
  });
const sink = (healthy: boolean, behind: number): Notice => ({
  kind: 'sink',
  what: 'witness',
  name: '/mnt/other/witness',
  healthy,
  behind,
});

it('a witness that fails shows in the metrics at once, and that it is well again', async () => {
  const { noticed, metrics } = watch();
  noticed(sink(false, 12));
  const labels = '{what="witness",name="/mnt/other/witness"}';
  const failed = await metrics.render();
  expect(failed).toContain(`memhold_audit_sink_healthy${labels} 0\n`);
  expect(failed).toContain(`memhold_audit_sink_behind${labels} 12\n`);
  expect(failed).toContain('memhold_alerts_total{detection="audit.sink.failed",held_back="no"} 1\n');
  noticed(sink(true, 0));
  expect(await metrics.render()).toContain(`memhold_audit_sink_healthy${labels} 1\n`);
});

it('a scrape asks how the sinks are, and does not wait for a thread that hangs', async () => {
  const well = { what: 'stream', name: 'siem.example', healthy: true, behind: 3 } as const;
  expect(await watch(async () => [well]).metrics.render()).toContain(
    'memhold_audit_sink_behind{what="stream",name="siem.example"} 3\n',
  );
  const hanging = watch(() => new Promise(() => undefined));
  hanging.noticed(sink(false, 1));
  expect(await hanging.metrics.render()).toContain(
    'memhold_audit_sink_healthy{what="witness",name="/mnt/other/witness"} 0\n',
  );
});

it('alerts are counted, sent or held back, also where nobody is to be told', async () => {
  const { noticed, metrics } = watch();
  const finding = { kind: 'finding', detection: 'canary_read', severity: 'critical', summary: 's' } as const;
  for (let i = 0; i < 3; i++) noticed({ ...finding, first: i, last: i, private: { subject: 'k m' } });
  const text = await metrics.render();
  expect(text).toContain('memhold_alerts_total{detection="canary_read",held_back="no"} 1\n');
  expect(text).toContain('memhold_alerts_total{detection="canary_read",held_back="yes"} 2\n');
});
