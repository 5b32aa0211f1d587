import type { Retention } from '../audit/retention/service.ts';
import type { Policy } from './policy.ts';

/** Lets go of events of the audit log whose time is over, unless a legal hold keeps them. */
export function auditRetention({ retention }: { retention: Pick<Retention, 'run' | 'periods'> }): Policy {
  return {
    name: 'audit-retention',
    description: 'Removes events of the audit log whose retention is over; their proofs stay',
    scope: 'server',
    schedule: { every: 'hour', atStart: false },
    settings: { kept_days: retention.periods },
    async run({ actor, guard, origin }) {
      const { more, ...counts } = await retention.run({ actor, guard: guard ? [guard] : [], origin });
      return { counts, more };
    },
  };
}
