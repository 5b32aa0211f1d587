import type { Authorized } from '../../access/actor.ts';
import { auditActor, type Origin, traced } from '../../http/origin.ts';
import type { Recorder } from '../recorder.ts';
import type { ExportDuties } from './duties.ts';
import type { EventsWritten } from './events.ts';
import type { ExportInput, ExportNotice } from './schema.ts';

export interface AuditExportDeps {
  /** The evidence thread. */
  duties: Pick<ExportDuties, 'openExport' | 'nextOfExport' | 'closeExport'>;
  recorder: Pick<Recorder, 'record'>;
  now: () => number;
}

const HOUR_MS = 3_600_000;

/** Exports of the log. Whoever takes one is in the log before its first byte. */
export class AuditExports {
  private readonly deps: AuditExportDeps;

  constructor(deps: AuditExportDeps) {
    this.deps = deps;
  }

  /**
   * Begins an export. Its pieces come as fast as they are taken; whoever stops taking gives the export back.
   * @throws RemoteError with a code of exports/errors.ts; DatabaseError when it could not be recorded: then nothing
   * is handed out.
   */
  async open(
    actor: Authorized<'audit:read'>,
    input: ExportInput,
    origin: Origin,
    done: (written: EventsWritten) => void,
  ): Promise<AsyncIterableIterator<Uint8Array>> {
    const { duties, now } = this.deps;
    const since = input.hours === undefined ? undefined : now() - input.hours * HOUR_MS;
    const { ticket, size } = await duties.openExport({ format: input.format, since });
    try {
      await this.tell(actor, 'download', { ...input, size }, origin);
    } catch (error) {
      await duties.closeExport({ ticket });
      throw error;
    }
    return pieces(duties, ticket, done);
  }

  /** Records an export that is read from the data folder itself. @throws DatabaseError */
  announce(actor: Authorized<'audit:read'>, input: ExportNotice, origin: Origin): Promise<void> {
    return this.tell(actor, 'data-folder', input, origin);
  }

  private async tell(
    actor: Authorized<'audit:read'>,
    action: string,
    { format, hours, size }: ExportNotice & { size?: number },
    origin: Origin,
  ): Promise<void> {
    const details = {
      format,
      ...(hours !== undefined && { hours: String(hours) }),
      ...(size !== undefined && { size: String(size) }),
    };
    await this.deps.recorder.record({
      ...traced(origin, details),
      type: 'audit.exported',
      action,
      time: this.deps.now(),
      actor: auditActor(actor),
      namespace: actor.namespace.publicId,
      success: true,
    });
  }
}

/** Gives the export back also where nobody took a single piece, which a generator would not. */
function pieces(
  duties: AuditExportDeps['duties'],
  ticket: number,
  done: (written: EventsWritten) => void,
): AsyncIterableIterator<Uint8Array> {
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      const { piece, written } = await duties.nextOfExport({ ticket });
      if (written) done(written);
      return piece ? { value: piece } : { value: undefined, done: true };
    },
    async return() {
      await duties.closeExport({ ticket });
      return { value: undefined, done: true };
    },
  };
}
