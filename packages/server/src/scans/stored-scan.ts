import { type Address, type DataKey, open, seal } from '../encryption/seal.ts';
import type { Judged } from './decision.ts';
import type { KeptFinding, NewScan } from './schema.ts';
import type { Verdict } from './state.ts';
import type { ScanRow } from './store.ts';

/** What is sealed of a report: names of files and projects tell of a tenant. */
export interface ScanBody {
  scanId: string;
  /** When it was made, as it says: ISO 8601. */
  timestamp: string;
  project: string;
  ref: string | null;
  commit: string | null;
  environment: string | null;
  complete: boolean;
  judged: Judged;
  files: { total: number; scanned: number };
  suppressed: number;
  /** Whether the screen took something out. */
  redacted: boolean;
  /** Public id of the account that sent it, or that made the key which did: a gate goes by that, too. */
  submittedBy: string;
  findings: KeptFinding[];
}

/** A report as it is read. */
export interface Scan extends ScanBody {
  id: string;
  /** Epoch ms. */
  createdAt: number;
  verdict: Verdict | undefined;
  /** The newer report of its place, where there is one. */
  replacedBy: string | undefined;
}

/** `namespace` is the row of the namespace, which everything is bound to. */
interface ScanPlace {
  id: string;
  namespace: number;
}

/** A verdict without what comes after it. */
export type SealedVerdict = Omit<Verdict, 'revokedAt'>;

const addressOf = ({ id, namespace }: ScanPlace, field: 'body' | 'verdict'): Address => ({
  namespace,
  table: 'scans',
  row: id,
  field,
});

export function bodyOf(
  scan: NewScan,
  { judged, redacted, submittedBy }: Pick<ScanBody, 'judged' | 'redacted' | 'submittedBy'>,
): ScanBody {
  const { scan_id: scanId, timestamp, project, ref, commit, environment, complete, summary, findings } = scan;
  return {
    scanId,
    timestamp,
    project,
    ref: ref ?? null,
    commit: commit ?? null,
    environment: environment ?? null,
    complete,
    judged,
    files: { total: summary.total_files, scanned: summary.scanned_files },
    suppressed: summary.suppressed ?? 0,
    redacted,
    submittedBy,
    findings,
  };
}

export function sealBody(key: DataKey, place: ScanPlace, body: ScanBody): Buffer {
  return seal(key, addressOf(place, 'body'), Buffer.from(JSON.stringify(body)));
}

export function sealVerdict(key: DataKey, place: ScanPlace, verdict: SealedVerdict): Buffer {
  return seal(key, addressOf(place, 'verdict'), Buffer.from(JSON.stringify(verdict)));
}

/**
 * Everything that a gate goes by is taken from what is sealed: a row that somebody changed from outside approves nothing.
 * @throws EncryptionError `decryption_failed` for a row that was changed or moved
 */
export function openScan(key: DataKey, row: ScanRow): Scan {
  const place = { id: row.id, namespace: row.namespace_id };
  const opened = <T>(field: 'body' | 'verdict', sealed: Uint8Array) =>
    JSON.parse(open(key, addressOf(place, field), sealed).toString()) as T;
  return {
    ...opened<ScanBody>('body', row.body),
    id: row.id,
    createdAt: row.created_at,
    verdict:
      row.verdict_body === null
        ? undefined
        : { ...opened<SealedVerdict>('verdict', row.verdict_body), revokedAt: row.revoked_at },
    replacedBy: row.newest !== null && row.newest !== row.id ? row.newest : undefined,
  };
}
