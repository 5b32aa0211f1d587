import { readRequest, type ScanRequest, UsageError } from '../command/request.ts';
import type { Severity } from '../finding.ts';
import type { SecretKey } from '../fingerprint.ts';
import { severityOrder } from '../reports/report.ts';
import type { HistoryFlags } from './options.ts';

/** A command line of `history check`, checked. */
export interface HistoryRequest {
  /** Of the secrets that are asked for; with `ids` empty and `isTyped` false: all. */
  readonly keys: readonly SecretKey[];
  readonly ids: readonly string[];
  readonly isTyped: boolean;
  readonly treeOnly: boolean;
  readonly severity: Severity;
  readonly allObjects: boolean;
  readonly withRotation: boolean;
  readonly blobIdsOnly: boolean;
  readonly isJson: boolean;
  /** How texts are scanned. */
  readonly scan: ScanRequest;
}

const shape = /^([a-z][a-z0-9-]{1,80}:[\da-f]{24})(?::[\da-f]{8})?$/;

/** Throws UsageError, with what to do. */
export function readHistoryRequest(flags: HistoryFlags): HistoryRequest {
  const { fingerprint = [], finding = [] } = flags;
  const isTyped = flags.stdin === true;
  const isNamed = fingerprint.length + finding.length > 0;
  if (isTyped && (isNamed || flags.tree === true))
    throw new UsageError('--stdin names the one secret that is looked for: leave the other names out');
  if (flags.blobIds === true && (flags.json === true || flags.rotation === true))
    throw new UsageError('--blob-ids prints nothing else: leave --json and --rotation out');
  const isId = (id: string) => /^SEC-[\da-f]{12}$/.test(id);
  if (!finding.every(isId))
    throw new UsageError('--finding takes an id as reports have it: SEC-0123456789ab');
  return {
    keys: fingerprint.map(keyOfTyped),
    ids: finding,
    isTyped,
    treeOnly: flags.tree === true,
    severity: readSeverity(flags.severity ?? 'high'),
    allObjects: flags.allObjects === true,
    withRotation: flags.rotation === true,
    blobIdsOnly: flags.blobIds === true,
    isJson: flags.json === true,
    scan: readRequest([], {
      ...(flags.config !== undefined && { config: flags.config }),
      ...(flags.maxSize !== undefined && { maxSize: flags.maxSize }),
      // Who names a secret means it, whatever allows it.
      suppressions: flags.suppressions !== false && !isNamed,
    }),
  };
}

/** Whether the request is for some secrets by name. */
export const isNamed = ({ keys, ids }: HistoryRequest): boolean => keys.length + ids.length > 0;

function keyOfTyped(text: string): SecretKey {
  const key = shape.exec(text)?.[1];
  if (key === undefined)
    throw new UsageError(
      '--fingerprint takes what reports call fingerprint: <rule>:<24 digits>:<8 digits>, in hexadecimal',
    );
  return key;
}

function readSeverity(text: string): Severity {
  const severity = severityOrder.find((one) => one === text);
  if (severity === undefined) throw new UsageError('--severity takes critical, high, medium or low');
  return severity;
}
