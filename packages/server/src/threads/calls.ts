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

/**
 * Asks another thread. Calls of one turn of the event loop travel in one message: waking a thread costs more than
 * everything that a message holds.
 */
export class CallClient<Q, R> {
  private readonly port: Pick<MessagePort, 'postMessage' | 'on'>;
  private readonly waiting = new Map<number, { resolve(result: R): void; reject(error: Error): void }>();
  private pending: Call<Q>[] = [];
  private nextTicket = 1;
  private lostWith: Error | undefined;

  constructor(port: Pick<MessagePort, 'postMessage' | 'on'>) {
    this.port = port;
    port.on('message', (answers: Answer<R>[]) => {
      if (!Array.isArray(answers)) return;
      for (const { ticket, result, error } of answers) {
        const waiting = this.waiting.get(ticket);
        this.waiting.delete(ticket);
        if (error) waiting?.reject(new RemoteError(error.code, error.message));
        else waiting?.resolve(result as R);
      }
    });
  }

  call(request: Q): Promise<R> {
    if (this.lostWith) return Promise.reject(this.lostWith);
    const ticket = this.nextTicket++;
    if (this.pending.push({ ticket, request }) === 1) setImmediate(() => this.flush());
    return new Promise((resolve, reject) => this.waiting.set(ticket, { resolve, reject }));
  }

  /** Fails every call, now and later: the thread is gone. */
  lost(error: Error): void {
    this.lostWith = error;
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }

  private flush(): void {
    this.port.postMessage(this.pending);
    this.pending = [];
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
