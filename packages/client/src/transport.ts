import { errorOfAnswer, MemholdError, mask } from './errors.ts';

export interface Transport {
  url: string;
  token: string | undefined;
  timeoutMs: number;
  fetch: typeof fetch;
}

export interface Call {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path below the server's address, its parts already encoded. */
  path: string;
  query?: Record<string, string | number | undefined>;
  body?: unknown;
  headers?: Record<string, string>;
}

/**
 * Sends one call and returns the parsed JSON object of a 2xx answer.
 * @throws {MemholdError} for everything else
 */
export async function send(transport: Transport, call: Call): Promise<Record<string, unknown>> {
  const { name, response, signal } = await request(transport, call);
  const body = await readText(transport, name, response, signal);
  return parse(body, name, response.status);
}

/** Sends one call of which only the success matters. */
export async function sendIgnoringBody(transport: Transport, call: Call): Promise<void> {
  const { response } = await request(transport, call);
  // The status is the whole answer: what happens to the rest of the body cannot change it.
  await response.body?.cancel().catch(() => {});
}

async function request(transport: Transport, call: Call) {
  const { token } = transport;
  const name = `${call.method} ${call.path}`;
  // One deadline for the headers and the body together.
  const signal = AbortSignal.timeout(transport.timeoutMs);
  const headers: Record<string, string> = { accept: 'application/json', ...call.headers };
  if (token !== undefined) headers.authorization = `Bearer ${token}`;
  if (call.body !== undefined) headers['content-type'] = 'application/json';
  let response: Response;
  try {
    response = await transport.fetch(address(transport.url, call), {
      method: call.method,
      headers,
      body: call.body === undefined ? null : JSON.stringify(call.body),
      // Memories and token go to the configured server only.
      redirect: 'manual',
      signal,
    });
  } catch (error) {
    throw failure(transport, name, signal, error);
  }
  if (response.status >= 300 && response.status < 400) {
    await response.body?.cancel().catch(() => {});
    const message = `${name} was redirected: set url to the server's own address`;
    throw new MemholdError('unexpected_redirect', message, response.status);
  }
  if (!response.ok) {
    // An error without its body is still that error.
    const body = await response.text().catch(() => '');
    throw errorOfAnswer(response, body, name, token);
  }
  return { name, response, signal };
}

function address(base: string, call: Call): string {
  const url = new URL(`${base}${call.path}`);
  for (const [name, value] of Object.entries(call.query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url.href;
}

async function readText(
  transport: Transport,
  name: string,
  response: Response,
  signal: AbortSignal,
): Promise<string> {
  try {
    return await response.text();
  } catch (error) {
    throw failure(transport, name, signal, error);
  }
}

function parse(body: string, name: string, status: number): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new MemholdError(
      'invalid_response',
      `${name} answered ${status} with a body that is not JSON`,
      status,
    );
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new MemholdError('invalid_response', `${name} answered ${status} without a JSON object`, status);
  }
  return value as Record<string, unknown>;
}

/** Only the reason's code or message is kept: the error of an injected fetch may hold the request's headers. */
function failure(
  { timeoutMs, token, url }: Transport,
  name: string,
  signal: AbortSignal,
  error: unknown,
): MemholdError {
  if (signal.aborted)
    return new MemholdError('timeout', `${name} had no complete answer within ${timeoutMs} ms`);
  const cause = (error as { cause?: { code?: unknown; message?: unknown } } | null)?.cause;
  const reason = cause?.code ?? cause?.message ?? (error instanceof Error ? error.message : 'unknown reason');
  return new MemholdError('connection_failed', mask(`${name} failed at ${url}: ${String(reason)}`, token));
}
