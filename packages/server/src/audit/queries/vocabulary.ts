import { CATALOG, isSecurityEvent, type RetentionClass } from '../catalog.ts';
import { EVENT_SEVERITY, EVENT_TYPES, type EventType, SEVERITIES, type Severity } from '../events.ts';

export interface EventTypeDetails {
  event_type: EventType;
  /** Where the event names none of its own. */
  severity: Severity;
  class: RetentionClass;
  description: string;
  /** Whether it is shown by GET /audit/logs/security. */
  security: boolean;
}

const SEVERITY_TEXT: Record<Severity, string> = {
  debug: 'A decision that is looked at only to find a fault',
  info: 'What is done in the normal course of things',
  warning: 'A refusal, or a change that somebody should know of',
  error: 'Something could not be done for a reason of the service itself',
  critical: 'What looks like an attack, or damage to the log',
};

/** Every event type: the names alone, and what is known of each. */
export function eventTypes(): { event_types: EventType[]; details: EventTypeDetails[] } {
  const details = EVENT_TYPES.map((type) => ({
    event_type: type,
    severity: EVENT_SEVERITY[type],
    class: CATALOG[type].class,
    description: CATALOG[type].text,
    security: isSecurityEvent(type),
  }));
  return { event_types: [...EVENT_TYPES], details };
}

/** The severities, mildest first: the names alone, and what each means. */
export function severityLevels(): {
  severity_levels: Severity[];
  details: { severity: Severity; level: number; description: string }[];
} {
  const details = SEVERITIES.map((severity, level) => ({
    severity,
    level,
    description: SEVERITY_TEXT[severity],
  }));
  return { severity_levels: [...SEVERITIES], details };
}
