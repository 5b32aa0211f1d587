import { MemholdError } from './errors.ts';
import { type Call, send, sendIgnoringBody, type Transport } from './transport.ts';
import type {
  AddOptions,
  AddResult,
  Health,
  HistoryResult,
  ListOptions,
  ListResult,
  Memory,
  SearchOptions,
  SearchResult,
  UpdateChange,
  UpdateOptions,
  UpdateResult,
} from './types.ts';

export interface MemholdClientOptions {
  /** Address of the server, with a path where it is mounted below one. Default `http://127.0.0.1:8002`. */
  url?: string | undefined;
  /** API key or access token, sent as `Authorization: Bearer`. */
  token?: string | undefined;
  /** Longest wait for a complete answer, in milliseconds. Default 30000. */
  timeoutMs?: number | undefined;
  /** Replaces the global fetch. */
  fetch?: typeof fetch | undefined;
}

/**
 * Speaks to a Memhold server over its native REST API.
 *
 *     const memhold = new MemholdClient({ token: process.env.MEMHOLD_TOKEN });
 *     await memhold.add({ content: 'Ada drinks tea', user_id: 'ada' });
 *     const { results } = await memhold.search('what does Ada drink?', { user_id: 'ada' });
 *
 * Every method throws a {@link MemholdError}. Nothing is retried.
 */
export class MemholdClient {
  /** Private, so that printing a client does not print its token. */
  readonly #transport: Transport;

  /** @throws {MemholdError} `invalid_argument` */
  constructor(options: MemholdClientOptions = {}) {
    const { url = 'http://127.0.0.1:8002', token, timeoutMs = 30_000 } = options;
    if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
      throw invalid('token must be visible ASCII characters without spaces or line ends');
    }
    if (!Number.isInteger(timeoutMs) || timeoutMs < 1 || timeoutMs > 2 ** 31 - 1) {
      throw invalid('timeoutMs must be a whole number of milliseconds, at least 1');
    }
    // Looked up at each call, so that a fetch replaced later (as tests and instrumentation do) is used.
    const call: typeof fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
    this.#transport = { url: baseOf(url), token, timeoutMs, fetch: call };
  }

  /** Stores one memory. */
  async add(memory: string | AddOptions): Promise<AddResult> {
    const body = typeof memory === 'string' ? { content: memory } : memory;
    return this.#object<AddResult>({ method: 'POST', path: '/memories', body }, 'id', 'string');
  }

  async get(id: string): Promise<Memory> {
    return this.#object<Memory>({ method: 'GET', path: pathOf(id) }, 'id', 'string');
  }

  /** Newest first, one page. */
  async list({ user_id, thread_id, limit, offset }: ListOptions = {}): Promise<ListResult> {
    const query = { user_id, thread_id, top_k: limit, offset };
    return this.#object<ListResult>({ method: 'GET', path: '/memories', query }, 'memories', 'array');
  }

  /** Best match first. */
  async search(query: string, { user_id, filters, limit }: SearchOptions = {}): Promise<SearchResult> {
    const body = { query, user_id, filters, top_k: limit };
    return this.#object<SearchResult>({ method: 'POST', path: '/memories/search', body }, 'results', 'array');
  }

  /** Changes what is given and leaves the rest. */
  async update(id: string, change: UpdateChange, { version }: UpdateOptions = {}): Promise<UpdateResult> {
    const headers: Record<string, string> = version === undefined ? {} : { 'if-match': `"${version}"` };
    const { content, metadata } = change;
    const call: Call = { method: 'PUT', path: pathOf(id), body: { content, metadata }, headers };
    return this.#object<UpdateResult>(call, 'id', 'string');
  }

  async delete(id: string): Promise<void> {
    await sendIgnoringBody(this.#transport, { method: 'DELETE', path: pathOf(id) });
  }

  /** The versions that a memory went through. */
  async history(id: string): Promise<HistoryResult> {
    return this.#object<HistoryResult>({ method: 'GET', path: `${pathOf(id)}/history` }, 'history', 'array');
  }

  /** Whether the server is up; needs no token. */
  async health(): Promise<Health> {
    return this.#object<Health>({ method: 'GET', path: '/health' }, 'status', 'string');
  }

  /** A 200 of some other program on that port must not pass for an empty result: one field is checked. */
  async #object<T>(call: Call, field: keyof T & string, kind: 'string' | 'array'): Promise<T> {
    const answer = await send(this.#transport, call);
    const value = answer[field];
    if (kind === 'array' ? Array.isArray(value) : typeof value === 'string') return answer as T;
    const message = `${call.method} ${call.path} answered without "${field}": is url a Memhold server?`;
    throw new MemholdError('invalid_response', message, 200);
  }
}

function invalid(message: string): MemholdError {
  return new MemholdError('invalid_argument', message);
}

function baseOf(url: string): string {
  const base = URL.canParse(url) ? new URL(url) : undefined;
  const isWeb = base?.protocol === 'http:' || base?.protocol === 'https:';
  if (base === undefined || !isWeb || base.search !== '' || base.hash !== '') {
    throw invalid('url must be an http or https address such as http://127.0.0.1:8002');
  }
  if (base.username !== '' || base.password !== '')
    throw invalid('url must hold no user or password: use token');
  return `${base.origin}${base.pathname.replace(/\/+$/, '')}`;
}

/** Dots would be resolved as folders by URL parsing, and reach another route. */
function pathOf(id: string): string {
  if (typeof id !== 'string' || id === '' || id === '.' || id === '..')
    throw invalid('id must be the id of a memory');
  return `/memories/${encodeURIComponent(id)}`;
}
