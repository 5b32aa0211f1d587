import type { LogRow, LogSource } from '../audit/source.ts';
import { privatePartOf, skeletonOf } from '../audit/source.ts';
import { EVENT_OF, type WebhookEvent } from './webhook.ts';

/** By what an event is about; memories, where it says nothing else. */
const IDS_OF: Readonly<Record<string, string>> = { scan: 'scan_ids', scan_override: 'override_ids' };
const ENTITIES = ['user_id', 'agent_id', 'app_id', 'run_id'] as const;

/** What a receiver is sent. Never a text: it reads that with a key of its own, and what it reads is in the log. */
export interface WebhookMessage {
  /** The leaf hash of the audit event, in hex: the same for every try, and what an inclusion proof is asked by. */
  event_id: string;
  event: WebhookEvent;
  /** When it happened, ISO 8601. */
  created_at: string;
  /** Public id of the namespace. */
  project_id: string;
  /** Of what happened to memories. */
  memory_ids?: readonly string[];
  /** Of what happened to reports of scans and their deployments. */
  scan_ids?: readonly string[];
  /** Of records of overridden pushes. */
  override_ids?: readonly string[];
  /** Of a report that came in: what was decided about its deployment. */
  decision?: string;
  /** The request that did it; what the memory service does by itself has none. */
  request_id?: string;
  user_id?: string;
  agent_id?: string;
  app_id?: string;
  run_id?: string;
}

/** What an event is told as, and in which namespace, without its private part. Undefined for all other events. */
export function headOf(row: Pick<LogRow, 'skeleton'>) {
  try {
    const skeleton = skeletonOf(row);
    const event = skeleton && EVENT_OF[skeleton.type];
    if (!skeleton || !event || !skeleton.success || skeleton.namespace === undefined) return undefined;
    return { skeleton, event, namespace: skeleton.namespace };
  } catch {
    // A row that was changed from outside: verifying the log names it.
    return undefined;
  }
}

/** The message of an event; undefined for one that is nobody's business, or was removed from the log. */
export async function messageOf(source: LogSource, row: LogRow): Promise<WebhookMessage | undefined> {
  const head = headOf(row);
  if (!head) return undefined;
  const { skeleton, event, namespace } = head;
  // Gone with the data subject, where that was erased.
  const details = await privatePartOf(source, row);
  const named = ENTITIES.filter((field) => typeof details?.[field] === 'string');
  return {
    event_id: Buffer.from(row.leaf).toString('hex'),
    event,
    created_at: new Date(skeleton.time).toISOString(),
    project_id: namespace,
    [IDS_OF[skeleton.resource?.type ?? ''] ?? 'memory_ids']: skeleton.resource?.ids ?? [],
    ...(event === 'scan_submitted' && skeleton.action !== undefined && { decision: skeleton.action }),
    ...(skeleton.requestId !== undefined && { request_id: skeleton.requestId }),
    ...Object.fromEntries(named.map((field) => [field, details![field]])),
  };
}
