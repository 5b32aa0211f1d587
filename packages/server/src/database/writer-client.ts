import type { MessagePort } from 'node:worker_threads';
import { DatabaseError, type DatabaseErrorCode, UnitRefused } from './errors.ts';
import type { Statement } from './statement.ts';
import type { Unit, UnitRows } from './unit.ts';
import { type Acknowledgement, NO_NOTE, type ToWriter, UnitPacker } from './writer-protocol.ts';

export interface Committed {
  rows: UnitRows;
  /** The sequence of the unit's first change of its subject, or of the first of its subjects. */
  firstChange: number;
}

interface Waiting {
  resolve(acknowledgement: Acknowledgement): void;
  reject(error: Error): void;
}

/** Units that may wait for the writer; beyond it a caller is turned away at once, instead of everybody late. */
const QUEUE_LIMIT = 4096;
const BATCHES_UNDER_WAY = 2;

const stopping = () => new DatabaseError('shutting_down', 'The server is stopping: try again in a moment.');

function rebuild({ name, code, message }: NonNullable<Acknowledgement['error']>): Error {
  return name === 'UnitRefused'
    ? new UnitRefused(code)
    : new DatabaseError(code as DatabaseErrorCode, message);
}

/** A thread's end of the line to the writer. One batch is sent at once, the next when one of two came back. */
export class WriterClient {
  private readonly port: MessagePort;
  private readonly packer = new UnitPacker();
  private readonly waiting = new Map<number, Waiting>();
  private pending: { ticket: number; unit: Unit; note: unknown }[] = [];
  private underWay = 0;
  private scheduled = false;
  private nextTicket = 1;
  private closed = false;

  constructor(port: MessagePort) {
    this.port = port;
    port.on('message', (acknowledgements: Acknowledgement[]) => this.acknowledged(acknowledgements));
  }

  get isFull(): boolean {
    return this.pending.length >= QUEUE_LIMIT;
  }

  /**
   * Stores a unit durably.
   * @throws UnitRefused with the code of the step that refused; DatabaseError when it could not be stored.
   */
  async commit(unit: Unit): Promise<Committed> {
    if (this.closed) throw stopping();
    if (this.isFull)
      throw new DatabaseError('overloaded', 'Too many writes are waiting: try again in a second.');
    const ticket = this.nextTicket++;
    this.pending.push({ ticket, unit, note: NO_NOTE });
    this.schedule();
    return this.wait(ticket);
  }

  /** A ticket whose acknowledgement comes from a unit that another thread submits for this one. */
  expect(): { ticket: number; answer: Promise<Acknowledgement> } {
    const ticket = this.nextTicket++;
    return { ticket, answer: this.wait(ticket) };
  }

  /** Fails a ticket of `expect` that never reached the writer. */
  abandon(ticket: number, error: Error): void {
    this.waiting.get(ticket)?.reject(error);
    this.waiting.delete(ticket);
  }

  /** Sends one batch on behalf of the main thread, which gets the acknowledgements together with `note`. */
  forward(units: { ticket: number; unit: Unit; note: unknown }[]): void {
    const { message, transfer } = this.packer.pack(units);
    this.port.postMessage(message, transfer);
  }

  /** Reads on the writer's own connection: small look-ups that must see every commit (accounts, keys). */
  async read<P extends object, R>(statement: Statement<P, R>, values: P): Promise<R[]> {
    const ticket = this.nextTicket++;
    const { sql, parameters } = statement.bind(values);
    this.port.postMessage({ kind: 'read', ticket, sql, parameters } satisfies ToWriter);
    const { rows } = await this.wait(ticket);
    return rows[0] as R[];
  }

  /**
   * Asks the writer thread for something that it does between two groups; `name` is one of its calls.
   * @throws UnitRefused, DatabaseError
   */
  async call<T>(name: string, args: object): Promise<T> {
    const ticket = this.nextTicket++;
    this.port.postMessage({ kind: 'call', ticket, name, args } satisfies ToWriter);
    const { rows } = await this.wait(ticket);
    return rows[0]![0] as T;
  }

  /** Lets the writer finish what it has, sign a last checkpoint and close the database. */
  async close(): Promise<void> {
    if (this.closed) return;
    const ticket = this.nextTicket++;
    this.flush();
    const closed = this.wait(ticket);
    this.closed = true;
    this.port.postMessage({ kind: 'close', ticket } satisfies ToWriter);
    await closed;
    this.port.close();
  }

  /** Fails everything that waits: the writer thread is gone. */
  lost(error: Error): void {
    this.closed = true;
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }

  private wait(ticket: number): Promise<Acknowledgement> {
    if (this.closed) return Promise.reject(stopping());
    return new Promise((resolve, reject) => this.waiting.set(ticket, { resolve, reject }));
  }

  private schedule(): void {
    if (this.scheduled || this.underWay >= BATCHES_UNDER_WAY) return;
    this.scheduled = true;
    queueMicrotask(() => {
      this.scheduled = false;
      this.flush();
    });
  }

  private flush(): void {
    if (this.pending.length === 0) return;
    const { message, transfer } = this.packer.pack(this.pending);
    this.pending = [];
    this.underWay++;
    this.port.postMessage(message, transfer);
  }

  private acknowledged(acknowledgements: Acknowledgement[]): void {
    let own = false;
    for (const acknowledgement of acknowledgements) {
      const waiting = this.waiting.get(acknowledgement.ticket);
      this.waiting.delete(acknowledgement.ticket);
      own ||= acknowledgement.note === NO_NOTE;
      if (acknowledgement.error) waiting?.reject(rebuild(acknowledgement.error));
      else waiting?.resolve(acknowledgement);
    }
    if (own && this.underWay > 0) this.underWay--;
    if (this.pending.length > 0) this.schedule();
  }
}
