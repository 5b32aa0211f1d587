import type { FastifyBaseLogger } from 'fastify';
import type { ExportService } from './exports/service.ts';
import type { Identity } from './identity.ts';
import type { PolicyService } from './policies/service.ts';

const HOUR_MS = 3_600_000;

/** What ends by itself, ended: at the start and every hour, for as long as this process holds the data folder. */
export function houseKeeper(parts: {
  policies: Pick<PolicyService, 'runDue' | 'stop'>;
  identity: Pick<Identity, 'sweep'>;
  exports: Pick<ExportService, 'sweep'>;
  log: Pick<FastifyBaseLogger, 'error'>;
}): { begin(): void; stop(): void } {
  const { policies, identity, exports, log } = parts;
  let stopping = false;
  const expire = (when: 'start' | 'hour') => {
    void policies.runDue(when);
    Promise.all([identity.sweep(), exports.sweep()]).catch((error) => {
      if (!stopping) log.error(error, 'what ends by itself could not be ended');
    });
  };
  const timer = setInterval(expire, HOUR_MS, 'hour');
  return {
    begin: () => expire('start'),
    stop() {
      stopping = true;
      clearInterval(timer);
      policies.stop();
    },
  };
}
