import type { AuditRecord } from '../record.ts';

/** `native` is the whole log with its proofs; the others are events as other systems read them. */
export const EXPORT_FORMATS = ['native', 'ocsf', 'ecs', 'csv'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];
/** Formats of single events. */
export type EventFormat = Exclude<ExportFormat, 'native'>;

export const CONTENT_TYPES: Readonly<Record<ExportFormat, string>> = {
  native: 'application/x-ndjson',
  ocsf: 'application/x-ndjson',
  ecs: 'application/x-ndjson',
  csv: 'text/csv; charset=utf-8; header=present',
};

export const FILE_NAMES: Readonly<Record<ExportFormat, string>> = {
  native: 'audit.jsonl',
  ocsf: 'audit.ocsf.jsonl',
  ecs: 'audit.ecs.jsonl',
  csv: 'audit.csv',
};

/** Writes events one by one, each as one line. */
export interface EventWriter {
  /** What comes before the first event. */
  head: string;
  line(record: AuditRecord): string;
  /** Events so far that break the schema of the format; each says so in itself. */
  invalid(): number;
}

/** Loads a format, with the schema of OCSF: a server that nobody exports from can do without them. */
export async function eventWriter(format: EventFormat): Promise<EventWriter> {
  if (format === 'csv') {
    const { csvHeader, toCsvRow } = await import('../formats/csv.ts');
    return { head: csvHeader(), line: toCsvRow, invalid: () => 0 };
  }
  const { jsonLine } = await import('../formats/invisible.ts');
  if (format === 'ecs') {
    const { toEcs } = await import('../formats/ecs.ts');
    return { head: '', line: (record) => `${jsonLine(toEcs(record))}\n`, invalid: () => 0 };
  }
  const { checkedOcsf } = await import('../formats/ocsf.ts');
  let invalid = 0;
  return {
    head: '',
    line(record) {
      const { event, problems } = checkedOcsf(record);
      if (problems.length > 0) invalid++;
      return `${jsonLine(event)}\n`;
    },
    invalid: () => invalid,
  };
}
