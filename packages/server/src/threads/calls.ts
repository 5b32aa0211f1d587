import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';

/** An error that crossed from another thread: its stable code and message, nothing else. */
export class RemoteError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'RemoteError';
    this.code = code;
  }
}

export interface WireError {
  code: string;
  message: string;
}

export function wireError(error: unknown): WireError {
  const { code, message } = error as { code?: string; message?: string };
  return { code: code ?? 'internal_error', message: message ?? 'unknown' };
}

interface Call<Q> {
  ticket: number;
  request: Q;
}

interface Answer<R> {
  ticket: number;
  result?: R;
  error?: WireError;
}

interface Batch {
  answered: boolean;
}

interface Waiting<R> {
  batch: Batch;
  resolve(result: R): void;
  reject(error: Error): void;
}

/** One is worked on while the next one waits; what comes meanwhile travels together in the one after. */
const BATCHES_UNDER_WAY = 2;
const QUEUE_LIMIT = 4096;

/**
 * Asks another thread. Calls travel in batches, because waking a thread costs more than everything that a message
 * holds: one is sent at once, and a further one when an earlier one has begun to be answered.
 */
export class CallClient<Q, R> {
  private readonly port: Pick<MessagePort, 'postMessage' | 'on'>;
  private readonly waiting = new Map<number, Waiting<R>>();
  private pending: Call<Q>[] = [];
  private batch: Batch = { answered: false };
  private underWay = 0;
  private scheduled = false;
  private nextTicket = 1;
  private lostWith: Error | undefined;

  constructor(port: Pick<MessagePort, 'postMessage' | 'on'>) {
    this.port = port;
    port.on('message', (answers: Answer<R>[]) => this.answered(answers));
  }

  call(request: Q): Promise<R> {
    if (this.lostWith) return Promise.reject(this.lostWith);
    if (this.pending.length >= QUEUE_LIMIT)
      return Promise.reject(
        new RemoteError('overloaded', 'Too many requests are waiting: try again in a second.'),
      );
    const ticket = this.nextTicket++;
    this.pending.push({ ticket, request });
    this.schedule();
    const { batch } = this;
    return new Promise((resolve, reject) => this.waiting.set(ticket, { batch, resolve, reject }));
  }

  /** Fails every call, now and later: the thread is gone. */
  lost(error: Error): void {
    this.lostWith = error;
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }

  private answered(answers: Answer<R>[]): void {
    for (const { ticket, result, error } of answers) {
      const waiting = this.waiting.get(ticket);
      if (!waiting) continue;
      this.waiting.delete(ticket);
      if (!waiting.batch.answered) {
        waiting.batch.answered = true;
        this.underWay--;
      }
      if (error) waiting.reject(new RemoteError(error.code, error.message));
      else waiting.resolve(result as R);
    }
    if (this.pending.length > 0) this.schedule();
  }

  /** After the sockets of this turn of the event loop were read, so that what came together goes together. */
  private schedule(): void {
    if (this.scheduled || this.underWay >= BATCHES_UNDER_WAY) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.underWay++;
      this.port.postMessage(this.pending);
      this.pending = [];
      this.batch = { answered: false };
    });
  }
}

/**
 * The other end. Takes all calls that have arrived and works on them together, so that what they commit shares a
 * group; those that finish together are answered in one message.
 */
export function serveCalls<Q, R>(port: MessagePort, handle: (request: Q) => Promise<R>): void {
  let done: Answer<R>[] = [];
  const answer = (one: Answer<R>) => {
    // Next ticks run when all promises of this turn have settled.
    if (done.push(one) === 1)
      process.nextTick(() => {
        port.postMessage(done);
        done = [];
      });
  };
  port.on('message', (first: Call<Q>[]) => {
    const calls = [...first];
    for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port))
      calls.push(...(next.message as Call<Q>[]));
    for (const { ticket, request } of calls) {
      handle(request).then(
        (result) => answer({ ticket, result }),
        (error: unknown) => answer({ ticket, error: wireError(error) }),
      );
    }
  });
}
