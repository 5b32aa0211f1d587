import type { Detection } from './detection.ts';
import { DistinctWindow } from './distinct-window.ts';
import { massAccess } from './mass-access.ts';
import { READ_ACROSS_SUBJECTS, THRESHOLDS, WINDOW_MS } from './thresholds.ts';

/**
 * A memory store that is copied out. The key that sealed an event names the data subject behind it without opening
 * anything: a read across many of them is worse than one through somebody's own notes.
 */
export function massRead(): Detection {
  const subjects = new DistinctWindow({ windowMs: WINDOW_MS, mostPerKey: 10 * READ_ACROSS_SUBJECTS });
  return massAccess({
    name: 'mass_read',
    types: [
      'memory.searched',
      'memory.listed',
      'memory.retrieved',
      'memory.history.retrieved',
      'memory.revealed',
      // The answer to a change shows the whole memory, also where nothing was changed.
      'memory.updated',
    ],
    tell(event, actor, count) {
      const among = subjects.add(actor, event.sealedBy === undefined ? [] : [event.sealedBy], event).count;
      const across = among >= READ_ACROSS_SUBJECTS;
      return {
        deed: `reached ${count} different memories${across ? ` of at least ${among} data subjects` : ''}`,
        severity: across ? 'error' : THRESHOLDS.mass_read.severity,
      };
    },
  });
}

/** Texts as they were before their secrets were redacted, in numbers. */
export function massReveal(): Detection {
  return massAccess({
    name: 'mass_reveal',
    types: ['memory.revealed'],
    tell: (_event, _actor, count) => ({
      deed: `read ${count} texts as they were before their redaction`,
      severity: THRESHOLDS.mass_reveal.severity,
    }),
  });
}
