import type { Metrics, Sample } from './metrics.ts';

/** What every scraper's standard dashboards ask of a process, under the usual names. */
export function processMetrics(metrics: Metrics, startedAt: number): void {
  const one = (value: number): Sample[] => [[[], value]];
  metrics.gauge('process_start_time_seconds', 'When the process started, in seconds since 1970.', [], () =>
    one(startedAt / 1000),
  );
  metrics.gauge(
    'process_cpu_seconds_total',
    'Processor time of the process with all its threads, in seconds.',
    [],
    () => {
      const { user, system } = process.cpuUsage();
      return one((user + system) / 1_000_000);
    },
    'counter',
  );
  metrics.gauge('process_resident_memory_bytes', 'Memory of the process with all its threads.', [], () =>
    one(process.memoryUsage.rss()),
  );
  metrics.gauge('nodejs_heap_size_used_bytes', 'JavaScript heap in use, of the main thread.', [], () =>
    one(process.memoryUsage().heapUsed),
  );
}
