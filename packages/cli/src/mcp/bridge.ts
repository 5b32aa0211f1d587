import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { type Door, NotReached, type Reply } from './door.ts';
import { headersFor } from './http-binding.ts';
import { linesOf } from './lines.ts';
import {
  errorFor,
  INTERNAL_ERROR,
  INVALID_REQUEST,
  isObject,
  isRequest,
  type Message,
  type Request,
  type RequestId,
  readMessage,
} from './messages.ts';

const LONGEST_LINE = 4 * 1024 * 1024;
/** So many requests wait for answers at most; then the input waits. */
const MOST_AT_ONCE = 256;
const REPETITIONS = 3;
/** What is under way when the input ends has so long to be answered. */
const LAST_ANSWERS_MS = 10_000;

export interface BridgeOptions {
  input: Readable;
  output: Writable;
  door: Door;
  /** Whose memories a tool means that names nobody, where the credential is nobody's either. */
  defaultUser: string;
  /** Ends the bridge as the end of the input does. */
  stop: AbortSignal;
  /** How long what is under way may still take when the input has ended, in milliseconds. */
  lastAnswersMs?: number;
}

/**
 * MCP over a pipe (2026-07-28, stdio; and the revisions before): each line is one message, posted to the `/mcp` of a
 * server; each answer is one line. It knows no tool: what only reads, it learns from the server's own list.
 * Resolves when the input has ended and what was under way is answered.
 */
export class Bridge {
  private readonly options: BridgeOptions;
  private readonly underWay = new Map<RequestId, AbortController>();
  private readonly working = new Set<Promise<void>>();
  private readonly readOnlyTools = new Set<string>();
  private full: Promise<unknown> | undefined;
  private negotiated: string | undefined;

  constructor(options: BridgeOptions) {
    this.options = options;
  }

  async run(): Promise<void> {
    const { input, output, stop } = this.options;
    const ended = new AbortController();
    const end = () => ended.abort();
    // Nobody reads any more: a broken pipe is how many hosts say goodbye.
    output.on('error', end).on('close', end);
    stop.addEventListener('abort', end);
    const over = once(ended.signal, 'abort').then(() => input.destroy());
    // Told to stop while its door was being opened.
    if (stop.aborted) end();
    try {
      for await (const line of linesOf(input, LONGEST_LINE)) {
        this.take(line);
        if (this.working.size >= MOST_AT_ONCE) await Promise.race([...this.working, over]);
        if (ended.signal.aborted) break;
      }
    } catch {
      // An input that breaks off has ended.
    }
    await this.finish();
  }

  private take(line: string | undefined): void {
    const read = readMessage(line);
    const work = 'refusal' in read ? this.write(read.refusal) : this.handle(read.message);
    // What fails here is a pipe that nobody reads: `run` sees it end.
    const done = work.catch(() => undefined).finally(() => this.working.delete(done));
    this.working.add(done);
  }

  private async handle(message: Message): Promise<void> {
    if (message.method === 'notifications/cancelled') return this.cancel(message);
    // This server asks its clients nothing, so an answer is to no question.
    if (message.method === undefined) return;
    if (isRequest(message)) return this.answer(message);
    const signal = AbortSignal.timeout(LAST_ANSWERS_MS);
    await this.post(message, signal).catch(() => undefined);
  }

  private cancel({ params }: Message): void {
    this.underWay.get(params?.requestId as RequestId)?.abort();
  }

  private async answer(request: Request): Promise<void> {
    if (this.underWay.has(request.id))
      return this.write(
        errorFor(null, INVALID_REQUEST, 'The id of this request is one that is still under way.'),
      );
    const given = new AbortController();
    this.underWay.set(request.id, given);
    let answer: Message;
    try {
      answer = this.understood(request, await this.ask(request, given.signal));
    } catch (error) {
      answer = failed(request, error as Error, this.reads(request));
    } finally {
      this.underWay.delete(request.id);
    }
    // A request that was cancelled gets no answer.
    if (!given.signal.aborted) await this.write(answer);
  }

  /** What only reads is asked again when its answer was cut off. */
  private async ask(request: Request, signal: AbortSignal): Promise<Reply> {
    for (let left = this.reads(request) ? REPETITIONS : 0; ; left--) {
      try {
        return await this.post(request, signal);
      } catch (error) {
        if (left === 0 || signal.aborted || error instanceof NotReached) throw error;
      }
    }
  }

  private post(message: Message, signal: AbortSignal): Promise<Reply> {
    const headers = {
      ...headersFor(message, this.negotiated),
      'memhold-default-user': encodeURIComponent(this.options.defaultUser),
    };
    return this.options.door.post({ headers, body: message, signal });
  }

  private reads({ method, params }: Request): boolean {
    return method !== 'tools/call' || this.readOnlyTools.has(String(params?.name));
  }

  /** The answer of a request, and what can be learned of it. */
  private understood(request: Request, { status, body }: Reply): Message {
    const answer = parsed(body);
    if (!isObject(answer)) return refused(request, status, {});
    if (answer.jsonrpc !== '2.0') return refused(request, status, answer);
    const { result } = answer as unknown as Message;
    if (request.method === 'initialize' && typeof result?.protocolVersion === 'string')
      this.negotiated = result.protocolVersion;
    if (request.method === 'tools/list') this.learn(result?.tools);
    // An error that the server saw before it knew the message names no id.
    return { ...(answer as unknown as Message), id: request.id };
  }

  private learn(tools: unknown): void {
    if (!Array.isArray(tools)) return;
    for (const tool of tools) {
      if (tool?.annotations?.readOnlyHint === true) this.readOnlyTools.add(String(tool.name));
      else this.readOnlyTools.delete(String(tool?.name));
    }
  }

  private async write(message: Message): Promise<void> {
    const { output } = this.options;
    if (output.destroyed || !output.writable || output.write(`${JSON.stringify(message)}\n`)) return;
    await this.room();
  }

  /** When a full pipe takes more, or none any more; one listener for all who wait. */
  private room(): Promise<unknown> {
    if (this.full) return this.full;
    const { output } = this.options;
    const over = new AbortController();
    const { signal } = over;
    const either = Promise.race([once(output, 'drain', { signal }), once(output, 'close', { signal })]);
    this.full = either.finally(() => {
      over.abort();
      this.full = undefined;
    });
    return this.full;
  }

  /** A host that is there and reads nothing would keep the process, and the folder with it. */
  private async finish(): Promise<void> {
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, this.options.lastAnswersMs ?? LAST_ANSWERS_MS);
    await Promise.race([Promise.all(this.working), late.promise]);
    clearTimeout(timer);
    for (const given of this.underWay.values()) given.abort();
  }
}

/** A refusal that is no JSON-RPC message: what the server's own words say, or its status. */
function refused(request: Request, status: number, problem: Record<string, unknown>): Message {
  const { code, detail } = problem;
  const words =
    status === 401
      ? 'The server does not accept this credential (any more): set MEMHOLD_TOKEN to one that it accepts.'
      : typeof detail === 'string'
        ? detail
        : `The server answered with status ${status} and no reason: is this a memhold server?`;
  return errorFor(request.id, INTERNAL_ERROR, words, {
    status,
    ...(typeof code === 'string' && { code }),
  });
}

function failed(request: Request, error: Error, reads: boolean): Message {
  // Of JSON that can be read, but is nested too deeply to be written again: it was not sent.
  if (error instanceof RangeError)
    return errorFor(request.id, INVALID_REQUEST, 'Nothing was done: this is nested too deeply.');
  if (error instanceof NotReached)
    return errorFor(request.id, INTERNAL_ERROR, `Nothing was done: ${error.message}`, {
      code: 'not_reached',
    });
  if (reads)
    return errorFor(request.id, INTERNAL_ERROR, `There was no answer: ${error.message}`, {
      code: 'no_answer',
    });
  return errorFor(
    request.id,
    INTERNAL_ERROR,
    'The memory service broke off before it answered. Whether this was done is not known: search before you repeat it.',
    { code: 'outcome_unknown' },
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
