import type { AuditEvent } from './audit/entry.ts';
import type { EvidenceDuties } from './audit/evidence.ts';
import type { Notice } from './audit/notices.ts';
import type { Recorder } from './audit/recorder.ts';

export interface EvidenceDeps {
  /** The evidence thread. */
  duties: EvidenceDuties;
  recorder: Recorder;
  now: () => number;
}

export type EvidenceServices = ReturnType<typeof evidenceServices>;

/** What the service does with its audit log, wired together on the main thread. The third part of main.ts. */
export function evidenceServices(deps: EvidenceDeps) {
  const { recorder } = deps;
  return {
    /** Records what the evidence thread noticed. */
    notice(notice: Notice): void {
      recorder.record(eventOf(notice, deps.now())).catch(() => undefined);
    },
  };
}

function eventOf(notice: Notice, time: number): AuditEvent {
  const system = { time, actor: { kind: 'system' } } as const;
  switch (notice.kind) {
    case 'finding': {
      const { detection, severity, summary, namespace, resource, first, last } = notice;
      return {
        ...system,
        type: 'security.suspicious.activity',
        severity,
        action: detection,
        success: false,
        code: detection,
        ...(namespace !== undefined && { namespace }),
        ...(resource !== undefined && { resource }),
        private: { ...notice.private, summary, first, last },
      };
    }
    case 'sink': {
      const { what, name, healthy, behind, error } = notice;
      return {
        ...system,
        type: healthy ? 'audit.sink.recovered' : 'audit.sink.failed',
        action: what,
        success: healthy,
        private: { name, behind, ...(error !== undefined && { error }) },
      };
    }
    case 'repaired':
      return {
        ...system,
        type: 'audit.tail.repaired',
        success: true,
        private: { file: notice.file, removed_bytes: notice.removedBytes },
      };
    case 'lost':
      return {
        ...system,
        type: 'audit.tail.lost',
        success: false,
        private: { witness: notice.witness, witnessed_size: notice.witnessedSize, size: notice.size },
      };
  }
}
