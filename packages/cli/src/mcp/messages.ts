/** A JSON-RPC message as far as a bridge looks into it. */
export interface Message {
  jsonrpc: '2.0';
  id?: RequestId | null;
  method?: string;
  params?: Record<string, unknown>;
  result?: Record<string, unknown>;
  error?: { code: number; message: string; data?: unknown };
}
export type RequestId = string | number;
export type Request = Message & { id: RequestId; method: string };

export const PARSE_ERROR = -32700;
export const INVALID_REQUEST = -32600;
export const INTERNAL_ERROR = -32603;

/** One answer to what is no request, or to one that failed on its way (JSON-RPC 2.0, 5.1). */
export function errorFor(id: RequestId | null, code: number, message: string, data?: object): Message {
  return { jsonrpc: '2.0', id, error: { code, message, ...(data && { data }) } };
}

/** What a line holds: a message, or the answer to a line that holds none. */
export function readMessage(line: string | undefined): { message: Message } | { refusal: Message } {
  if (line === undefined)
    return { refusal: errorFor(null, INVALID_REQUEST, 'A message has at most 4 MiB: send less at once.') };
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { refusal: errorFor(null, PARSE_ERROR, 'This line is no JSON: send one message a line.') };
  }
  if (Array.isArray(value))
    return { refusal: errorFor(null, INVALID_REQUEST, 'Batches are not taken: send one message a line.') };
  if (!isObject(value) || value.jsonrpc !== '2.0' || !(isMethod(value) || isAnswer(value)))
    return { refusal: errorFor(idOf(value), INVALID_REQUEST, 'This is no JSON-RPC 2.0 message.') };
  return { message: value as unknown as Message };
}

export function isRequest(message: Message): message is Request {
  return message.method !== undefined && message.id !== undefined;
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A larger number would come back as another one, which is an answer to nobody. */
const isId = (value: unknown): value is RequestId =>
  typeof value === 'string' || (typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER);

const idOf = (value: unknown) => (isObject(value) && isId(value.id) ? value.id : null);

const isMethod = ({ method, id, params }: Record<string, unknown>) =>
  typeof method === 'string' && (id === undefined || isId(id)) && (params === undefined || isObject(params));

const isAnswer = ({ method, id, result, error }: Record<string, unknown>) =>
  method === undefined && isId(id) && (result !== undefined || isObject(error));
