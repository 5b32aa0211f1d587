import { setTimeout as pause } from 'node:timers/promises';
import { exportLog } from '../export.ts';
import type { KeyChain } from '../signing-keys/key-chain.ts';
import type { LogSource } from '../source.ts';
import { lastCheckpoint } from '../store.ts';
import { ExportError } from './errors.ts';
import { type EventsWritten, exportEvents } from './events.ts';
import type { EventFormat, ExportFormat } from './formats.ts';
import { TakenStream } from './taken-stream.ts';

export interface ExportContext {
  /** A connection of its own: an export sees one state of the log for minutes, and nobody else may be held to that. */
  openSource(): LogSource;
  keys(): Promise<KeyChain>;
  /** Leaves that are committed now. */
  size(): number;
  now(): number;
}

interface OpenExport {
  stream: TakenStream;
  written: Promise<EventsWritten>;
  idle: NodeJS.Timeout;
  end: NodeJS.Timeout;
}

export interface ExportPiece {
  /** Undefined after the last one. */
  piece: Uint8Array | undefined;
  /** With the end: what was written. Of a native export 0 events are counted. */
  written?: EventsWritten;
}

export const MOST_EXPORTS = 2;
const PIECE_BYTES = 256 * 1024;
/** The writer signs each second. */
const CHECKPOINT_WAIT_MS = 2000;
const LOOK_MS = 50;
export const IDLE_MS = 60_000;
/** While an export runs, the database's log of changes cannot be folded back. */
const LONGEST_MS = 60 * 60_000;

export type ExportDuties = ReturnType<typeof exportDuties>;

/** Exports in the evidence thread, piece by piece as they are asked for. All of it @throws ExportError. */
export function exportDuties({ openSource, keys, size, now }: ExportContext) {
  const exports = new Map<number, OpenExport>();
  let last = 0;
  let opening = 0;

  const finish = async (ticket: number, error?: ExportError) => {
    const one = exports.get(ticket);
    if (!one) return;
    exports.delete(ticket);
    clearTimeout(one.idle);
    clearTimeout(one.end);
    if (error) one.stream.fail(error);
    await one.written.catch(() => undefined);
  };
  const stopLater = (ticket: number, ms: number) =>
    setTimeout(() => finish(ticket, ended('it ran, or nobody took from it, for too long')), ms).unref();

  async function begin(format: ExportFormat, since: number | undefined) {
    const source = openSource();
    const stream = new TakenStream(PIECE_BYTES);
    try {
      const { promise: upTo, resolve: begun } = Promise.withResolvers<number>();
      const { recordsKey: treeKey, reader, keyById } = source;
      const events = async (format: EventFormat): Promise<EventsWritten> => {
        const all = size();
        begun(all);
        return exportEvents(source, { format, since, size: all }, stream.out);
      };
      // Its size is read in the state that is exported: what was removed since would be missing without a reason.
      const least = size();
      const log = () =>
        reader.snapshot(async (): Promise<EventsWritten> => {
          const [newest] = await reader.all(lastCheckpoint, {});
          if (!newest || newest.size < least) throw unsigned();
          begun(newest.size);
          const signer = (await keys()).newest;
          await exportLog({ reader, signer, size: newest.size, treeKey, keyById, now }, stream.out);
          return { events: 0, invalid: 0 };
        });
      if (format === 'native') await signedSize(source, least);
      const written = (format === 'native' ? log() : events(format)).finally(() => reader.close());
      written.then(
        () => stream.end(),
        (error: Error) => stream.fail(error),
      );
      return { upTo: await Promise.race([upTo, written.then(() => upTo)]), stream, written };
    } catch (error) {
      source.reader.close();
      throw error;
    }
  }

  return {
    /** `size`: leaves that it covers. `since`: epoch milliseconds, for formats of single events. */
    async openExport({ format, since }: { format: ExportFormat; since?: number | undefined }) {
      if (exports.size + opening >= MOST_EXPORTS)
        throw new ExportError(
          'exports_busy',
          `${MOST_EXPORTS} exports run already: try again when one is done.`,
        );
      opening++;
      try {
        const { upTo, ...one } = await begin(format, since);
        const ticket = ++last;
        const [idle, end] = [stopLater(ticket, IDLE_MS), stopLater(ticket, LONGEST_MS)];
        exports.set(ticket, { ...one, idle, end });
        return { ticket, size: upTo };
      } finally {
        opening--;
      }
    },
    async nextOfExport({ ticket }: { ticket: number }): Promise<ExportPiece> {
      const one = exports.get(ticket);
      if (!one) throw ended('it was closed');
      one.idle.refresh();
      try {
        const piece = await one.stream.take();
        if (piece) return { piece };
        const written = await one.written;
        await finish(ticket);
        return { piece: undefined, written };
      } catch (error) {
        await finish(ticket);
        throw error;
      }
    },
    /** Ends an export that nobody wants any more; does nothing for one that has ended. */
    closeExport: ({ ticket }: { ticket: number }) => finish(ticket, ended('it was closed')),
    async closeExports(_: Record<string, never>): Promise<void> {
      await Promise.all([...exports.keys()].map((ticket) => finish(ticket, ended('the server stops'))));
    },
  };
}

const ended = (why: string) =>
  new ExportError('export_ended', `This export has ended: ${why}. Begin it anew.`);

/** An export that ends before what was written looks like the whole log: somebody could take checkpoints away for it. */
const unsigned = () =>
  new ExportError(
    'checkpoint_missing',
    'No checkpoint covers the newest events yet: try again in a second. If it stays so, look whether the disk is full.',
  );

/** Resolves as soon as a checkpoint covers `size` leaves. @throws ExportError when none does after a moment. */
async function signedSize({ reader }: LogSource, size: number): Promise<void> {
  for (let waited = 0; ; waited += LOOK_MS) {
    const [newest] = await reader.all(lastCheckpoint, {});
    if (newest && newest.size >= size) return;
    if (waited >= CHECKPOINT_WAIT_MS) throw unsigned();
    await pause(LOOK_MS);
  }
}
