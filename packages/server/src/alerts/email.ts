import type { Step, Unit } from '../database/unit.ts';
import { securityAlert } from '../mail/messages.ts';
import type { Mail } from '../mail/service.ts';
import type { Channel } from './channel.ts';

export interface EmailOptions {
  to: string;
  mail: { queue(mail: Mail): Step[]; wake(): void };
  writer: { commit(unit: Unit): Promise<unknown> };
}

/** Puts each alert into the mail queue, which delivers it in its own time. */
export function emailChannel({ to, mail, writer }: EmailOptions): Channel {
  return {
    name: 'email',
    async send(alert) {
      const { kind, severity, summary, time, namespace = '', first, last, heldBack } = alert;
      const message = securityAlert({ kind, severity, summary, time, first, last, heldBack });
      // An allowance for each namespace: no tenant uses up that of another's alerts.
      const steps = mail.queue({ to, ...message, alert: `${kind} ${namespace}` });
      if (steps.length === 0) return false;
      await writer.commit({ steps, leaves: [] });
      mail.wake();
      return true;
    },
  };
}
