import type { AuditEvent } from '../audit/entry.ts';
import type { Recorder } from '../audit/recorder.ts';
import type { Leaf, Step } from '../database/unit.ts';
import { seal } from '../encryption/seal.ts';
import type { ServerKeys } from '../encryption/server-keys.ts';
import { newId } from '../ids.ts';
import { insertNamespace } from './store.ts';

export interface NamespaceSettings {
  /** Whether a read's audit event is on disk before the answer, or at most 1 s later. */
  audit_reads: 'durable' | 'deferred';
}

export interface NamespaceDeps {
  keys: ServerKeys;
  recorder: Pick<Recorder, 'leaf'>;
  /** What a new namespace starts with. */
  defaults: NamespaceSettings;
  now: () => number;
}

/** Namespaces: the tenants, and the settings of each. */
export class NamespaceService {
  private readonly deps: NamespaceDeps;

  constructor(deps: NamespaceDeps) {
    this.deps = deps;
  }

  /**
   * A new namespace, as steps and leaves for the unit of whatever needs it: the namespace and its first account are
   * stored together or not at all. Later steps of the same unit find its row by `publicId`.
   * `event` says who makes it and from where.
   */
  creation(
    name: string,
    event: Pick<AuditEvent, 'actor' | 'requestId' | 'private'>,
  ): { publicId: string; steps: Step[]; leaves: Leaf[] } {
    const { keys, recorder, defaults, now } = this.deps;
    const publicId = newId();
    const at = now();
    const address = { namespace: 0, table: 'namespaces', row: publicId, field: 'name' };
    const sealed = seal(keys.records, address, Buffer.from(name));
    const step = insertNamespace.bind({ publicId, name: sealed, settings: JSON.stringify(defaults), at });
    const leaf = recorder.leaf({
      ...event,
      type: 'namespace.created',
      time: at,
      namespace: publicId,
      resource: { type: 'namespace', ids: [publicId] },
      success: true,
    });
    return { publicId, steps: [step], leaves: [leaf] };
  }
}
