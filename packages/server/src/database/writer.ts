import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { DatabaseError, UnitRefused } from './errors.ts';
import type { GroupCommit, Outcome } from './group-commit.ts';
import type { Unit } from './unit.ts';
import { type Acknowledgement, NO_NOTE, type ToWriter, UnitUnpacker } from './writer-protocol.ts';

/** Units in one commit: 256 ran 1.5 times as fast as 64, and hold a reader up for some milliseconds at most. */
const GROUP_LIMIT = 256;

interface Line {
  port: MessagePort;
  unpacker: UnitUnpacker;
}
interface Queued {
  unit: Unit;
  ticket: number;
  note: unknown;
  line: Line;
}

/** `args` and the result are what a message can carry. */
export type WriterCall = (args: never) => Promise<object>;

function describe(error: Error): Acknowledgement['error'] {
  const code = error instanceof UnitRefused || error instanceof DatabaseError ? error.code : 'storage_failed';
  return { name: error.name, code, message: error.message };
}

/**
 * The writer thread's loop: takes what all lines have queued, commits it as one group, acknowledges. It never waits
 * for more while something is there to do.
 */
export class Writer {
  private readonly commits: GroupCommit;
  private readonly lines: Line[];
  private readonly main: MessagePort;
  /** Also called, with nothing, after a read that failed and after a call: the database may have been found damaged. */
  private readonly afterGroup: (outcomes: readonly { unit: Unit; ok: boolean }[]) => void;
  private readonly calls: Readonly<Record<string, WriterCall>>;
  private readonly onClose: () => void;
  private queue: Queued[] = [];

  constructor(options: {
    commits: GroupCommit;
    /** The first is the main thread's. */
    ports: MessagePort[];
    afterGroup(outcomes: readonly { unit: Unit; ok: boolean }[]): void;
    /** What `WriterClient.call` reaches, by name. */
    calls?: Readonly<Record<string, WriterCall>>;
    onClose(): void;
  }) {
    this.commits = options.commits;
    this.afterGroup = options.afterGroup;
    this.calls = options.calls ?? {};
    this.onClose = options.onClose;
    this.main = options.ports[0]!;
    this.lines = options.ports.map((port) => ({ port, unpacker: new UnitUnpacker() }));
    for (const line of this.lines)
      line.port.on('message', (message: ToWriter) => {
        this.take(line, message);
        this.work();
      });
  }

  private take(line: Line, message: ToWriter): void {
    if (message.kind === 'units') {
      const units = line.unpacker.unpack(message);
      for (const [i, unit] of units.entries()) {
        const { ticket, note } = message.units[i]!;
        this.queue.push({ unit, ticket, note, line });
      }
    } else if (message.kind === 'read') this.read(line, message);
    else if (message.kind === 'call') void this.call(line, message);
    else this.close(line, message.ticket);
  }

  private work(): void {
    while (true) {
      for (const line of this.lines) {
        for (let next = receiveMessageOnPort(line.port); next; next = receiveMessageOnPort(line.port))
          this.take(line, next.message as ToWriter);
      }
      if (this.queue.length === 0) return;
      const group = this.queue.splice(0, GROUP_LIMIT);
      const outcomes = this.commits.commit(group.map(({ unit }) => unit));
      this.afterGroup(group.map(({ unit }, i) => ({ unit, ok: outcomes[i]!.ok })));
      this.acknowledge(group, outcomes);
    }
  }

  private acknowledge(group: Queued[], outcomes: Outcome[]): void {
    const byPort = new Map<MessagePort, Acknowledgement[]>();
    for (const [i, { ticket, note, line }] of group.entries()) {
      const outcome = outcomes[i]!;
      const port = note === NO_NOTE ? line.port : this.main;
      const list = byPort.get(port) ?? [];
      byPort.set(port, list);
      list.push(
        outcome.ok
          ? { ticket, note, rows: outcome.rows, firstChange: outcome.firstChange }
          : { ticket, note, rows: [], firstChange: 0, error: describe(outcome.error) },
      );
    }
    for (const [port, list] of byPort) port.postMessage(list);
  }

  private read(line: Line, { ticket, sql, parameters }: Extract<ToWriter, { kind: 'read' }>): void {
    const answer: Acknowledgement = { ticket, note: undefined, rows: [], firstChange: 0 };
    try {
      answer.rows = [this.commits.read(sql, parameters)];
    } catch (error) {
      answer.error = describe(error as Error);
      this.afterGroup([]);
    }
    line.port.postMessage([answer]);
  }

  private async call(line: Line, { ticket, name, args }: Extract<ToWriter, { kind: 'call' }>): Promise<void> {
    const answer: Acknowledgement = { ticket, note: undefined, rows: [], firstChange: 0 };
    try {
      const call = this.calls[name];
      if (!call) throw new Error(`the writer has no call "${name}"`);
      answer.rows = [[(await call(args as never)) as Record<string, unknown>]];
    } catch (error) {
      answer.error = describe(error as Error);
    }
    // It may have appended to the log, or found the disk failing.
    this.afterGroup([]);
    line.port.postMessage([answer]);
  }

  private close(line: Line, ticket: number): void {
    // Also what other lines have sent and nobody has taken yet.
    this.work();
    this.onClose();
    line.port.postMessage([{ ticket, note: undefined, rows: [], firstChange: 0 } satisfies Acknowledgement]);
  }
}
