import type { AccountService } from './accounts/service.ts';
import type { AuditEvent } from './audit/entry.ts';
import type { EvidenceDuties } from './audit/evidence.ts';
import { AuditExports } from './audit/exports/service.ts';
import { HoldService } from './audit/holds/service.ts';
import type { Notice } from './audit/notices.ts';
import { Proofs } from './audit/proofs/service.ts';
import { AuditQueries } from './audit/queries/service.ts';
import { recordPatiently } from './audit/record-patiently.ts';
import type { Recorder } from './audit/recorder.ts';
import { parseRetention } from './audit/retention/periods.ts';
import { Retention } from './audit/retention/service.ts';
import { SigningKeys } from './audit/signing-keys/service.ts';
import { CanaryService } from './canaries/service.ts';
import type { Config } from './config.ts';
import type { WriterClient } from './database/writer-client.ts';
import type { ServerKeys } from './encryption/server-keys.ts';
import type { MailService } from './mail/service.ts';
import type { MemoryUpkeep } from './memories/upkeep.ts';
import type { NamespaceService } from './namespaces/service.ts';
import { auditRetention } from './policies/audit-retention.ts';
import { eventExpiry } from './policies/event-expiry.ts';
import { memoryExpiry } from './policies/memory-expiry.ts';
import { originalExpiry } from './policies/original-expiry.ts';
import { scanExpiry } from './policies/scan-expiry.ts';
import { PolicyService } from './policies/service.ts';
import type { ScanUpkeep } from './scans/upkeep.ts';
import { watchOver } from './watch.ts';
import { WebhookService } from './webhooks/service.ts';

export interface EvidenceDeps {
  /** The evidence thread. */
  duties: EvidenceDuties;
  recorder: Recorder;
  accounts: Pick<AccountService, 'byPublicId'>;
  writer: Pick<WriterClient, 'call' | 'commit' | 'read'>;
  keys: Pick<ServerKeys, 'records'>;
  /** The setting `auditRetention`. */
  retention: readonly string[];
  config: Pick<Config, 'alertWebhook' | 'alertSecret' | 'alertEmail' | 'webhookAddresses'>;
  mail: Pick<MailService, 'queue' | 'wake'>;
  now: () => number;
}

/** A finding is worth waiting for: until the writer has room, or the disk. */
const PATIENCE = { passing: ['overloaded', 'storage_full'], patienceMs: 3_600_000 };

export type EvidenceServices = ReturnType<typeof evidenceServices>;

/** What the service does with its audit log, wired together on the main thread. The third part of main.ts. */
export function evidenceServices(deps: EvidenceDeps) {
  const { recorder, now } = deps;
  const holds = new HoldService(deps);
  const watch = watchOver({ ...deps, sinkStates: () => deps.duties.sinkStates({}) });
  const retention = new Retention({
    ...deps,
    holds,
    periods: parseRetention(deps.retention),
    overdue: (query) => deps.duties.overdue(query),
  });
  return {
    holds,
    /** What is done with what has become old, here and among the memories. */
    policies: (stored: { memories: MemoryUpkeep; namespaces: NamespaceService; scans: ScanUpkeep }) =>
      new PolicyService({
        policies: [
          memoryExpiry(stored),
          originalExpiry(stored),
          eventExpiry(stored),
          scanExpiry(stored),
          auditRetention({ retention }),
        ],
        recorder,
        now,
      }),
    signingKeys: new SigningKeys({
      rotate: (request) => deps.writer.call('rotateSigningKey', request),
      now: deps.now,
    }),
    queries: new AuditQueries(deps),
    proofs: new Proofs(deps),
    exports: new AuditExports(deps),
    canaries: new CanaryService(deps),
    webhooks: new WebhookService({
      ...deps,
      addresses: deps.config.webhookAddresses,
      states: (namespace) => deps.duties.webhookStates({ namespace }),
      changed: () => void deps.duties.lookAtWebhooks({}).catch(() => undefined),
    }),
    watch,
    /** Records what the evidence thread noticed, and tells people of it. */
    notice(notice: Notice): void {
      watch.noticed(notice);
      if (notice.kind === 'alarm') return;
      void recordPatiently(recorder, eventOf(notice, deps.now()), PATIENCE);
    },
  };
}

function eventOf(notice: Exclude<Notice, { kind: 'alarm' }>, time: number): AuditEvent {
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
    case 'webhook': {
      const { id, namespace, healthy, behind, error } = notice;
      return {
        ...system,
        type: healthy ? 'webhook.recovered' : 'webhook.failed',
        namespace,
        resource: { type: 'webhook', ids: [id] },
        success: healthy,
        private: { behind, ...(error !== undefined && { error }) },
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
