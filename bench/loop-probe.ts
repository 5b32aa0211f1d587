// Loaded into a measured process: tells the benchmark how long its event loop was held up.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

if (isMainThread && process.send) {
  const RESOLUTION_MS = 1;
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  process.on('message', () => {
    // The histogram counts the timer's own period.
    process.send!(Math.max(0, delay.percentile(99) / 1e6 - RESOLUTION_MS));
    delay.reset();
  });
  process.channel?.unref();
}
