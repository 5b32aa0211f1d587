import type { EventType } from '../audit/events.ts';
import type { Notice } from '../audit/notices.ts';

export interface Alert {
  /** What people know it by, and are told of at most so often: a detection, else the type of an event. */
  kind: string;
  /** Type of the event in the log that says the same. */
  type: EventType;
  severity: 'warning' | 'error' | 'critical';
  /** One sentence with counts and opaque ids: alerts leave the server, so they name nobody and hold no address. */
  summary: string;
  /** What it is about, for telling one repetition from another; never sent. */
  subject: string;
  namespace?: string;
  resource?: { type: string; ids: string[] };
  /** Positions in the audit log. */
  first?: number;
  last?: number;
}

/** An alert on its way. */
export interface SentAlert extends Alert {
  /** The same for every try to deliver it. */
  id: string;
  /** Epoch milliseconds. */
  time: number;
  /** Alerts of this kind that were not sent since the last one. */
  heldBack: number;
}

/** In words, for events whose type alone says too little. */
const SUMMARIES: Partial<Record<EventType, string>> = {
  'security.breach.attempt': 'Something was refused that only an attacker would do',
  'auth.token.reused': 'A used refresh token came again, so it was stolen or copied: its session was ended',
  'audit.tail.lost': 'The audit log is shorter than one of its own signed checkpoints',
  'audit.tail.repaired': 'A file of the audit log ended in the middle of a record, which was cut off',
};

/** The alert of what the evidence thread noticed; undefined for good news. */
export function alertOf(notice: Notice): Alert | undefined {
  switch (notice.kind) {
    case 'finding': {
      const { detection, severity, summary, namespace, resource, first, last } = notice;
      return {
        kind: detection,
        type: 'security.suspicious.activity',
        severity,
        summary,
        subject: String(notice.private?.subject ?? resource?.ids.join(' ') ?? ''),
        first,
        last,
        ...(namespace !== undefined && { namespace }),
        ...(resource !== undefined && { resource }),
      };
    }
    case 'alarm': {
      const { type, severity, index, action, namespace, resource } = notice;
      return {
        kind: type,
        type,
        severity,
        summary: `${SUMMARIES[type] ?? type}${action === undefined ? '' : ` (${action})`}.`,
        subject: resource?.ids.join(' ') ?? '',
        first: index,
        last: index,
        ...(namespace !== undefined && { namespace }),
        ...(resource !== undefined && { resource }),
      };
    }
    case 'sink': {
      const { what, name, healthy, behind } = notice;
      if (healthy) return undefined;
      return {
        kind: 'audit.sink.failed',
        type: 'audit.sink.failed',
        severity: 'error',
        summary: `The ${what} ${name} does not take what it is given; ${behind} wait for it.`,
        subject: `${what} ${name}`,
      };
    }
    // Its owner's business, who may register what nobody answers at.
    case 'webhook':
      return undefined;
    case 'repaired':
    case 'lost': {
      const type = notice.kind === 'lost' ? 'audit.tail.lost' : 'audit.tail.repaired';
      const severity = notice.kind === 'lost' ? 'critical' : 'error';
      return { kind: type, type, severity, summary: `${SUMMARIES[type]}.`, subject: '' };
    }
  }
}
