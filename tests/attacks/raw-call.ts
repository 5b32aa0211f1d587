import { request } from 'node:http';
import {
  type RequestSigner,
  type SignOptions,
  signRequest,
} from '../../packages/server/src/signatures/sign.ts';

/** A request as it goes over the wire: nothing is added to it but what HTTP needs. */
export interface RawCall {
  method: string;
  /** Path and query, as they are sent. */
  path: string;
  headers?: Record<string, string | string[]>;
  body?: string;
  /** Default: that of the server. */
  host?: string;
  /** Without an announced length. */
  chunked?: boolean;
}

export interface RawAnswer {
  status: number;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: what a server answers is what a test is about
  body: any;
}

export function rawCall(
  server: string,
  { method, path, headers, body, host, chunked }: RawCall,
): Promise<RawAnswer> {
  const { hostname, port, host: own } = new URL(server);
  const length = body === undefined || chunked ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  const all = { host: host ?? own, ...type, ...length, ...headers };
  return new Promise((resolve, reject) => {
    const call = request({ hostname, port, method, path, headers: all, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part) => {
        text += part;
      });
      answer.on('end', () =>
        resolve({ status: answer.statusCode!, text, body: text ? JSON.parse(text) : undefined }),
      );
    });
    call.on('error', reject);
    // The first write without a length makes it chunked.
    if (body !== undefined && chunked) call.write(body.slice(0, 3));
    call.end(body === undefined ? undefined : chunked ? body.slice(3) : body);
  });
}

/** The call with the fields of its signature. */
export function signed(server: string, call: RawCall, by: RequestSigner, options: SignOptions = {}): RawCall {
  const { method, path, body, headers = {} } = call;
  const rawHeaders = Object.entries(headers).flatMap(([name, value]) =>
    [value].flat().flatMap((one) => [name, one]),
  );
  const target = { method, targetUri: `${server}${path}`, requestTarget: path, rawHeaders };
  return { ...call, headers: { ...headers, ...signRequest(target, body, by, options) } };
}
