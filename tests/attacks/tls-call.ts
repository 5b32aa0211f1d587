import type { IncomingHttpHeaders } from 'node:http';
import { request } from 'node:https';
import type { TestCertificate } from '../../packages/server/src/http/testing/certificates.ts';

export interface TlsAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: what a server answers is what a test is about
  body: any;
}

export interface TlsCall {
  /** What the client shows of itself; nothing when left out. */
  shows?: Pick<TestCertificate, 'cert' | 'key'> | undefined;
  headers?: Record<string, string>;
  body?: unknown;
}

/** Calls of a TLS server whose certificate comes from one authority; each on a connection of its own. */
export function tlsCaller(url: string, ca: string) {
  const { hostname, port } = new URL(url);
  return (method: string, path: string, { shows, headers, body }: TlsCall = {}): Promise<TlsAnswer> => {
    const json = body === undefined ? undefined : JSON.stringify(body);
    const own = { cert: shows?.cert, key: shows?.key };
    const type = json === undefined ? {} : { 'content-type': 'application/json' };
    const options = {
      hostname,
      port,
      method,
      path,
      ca,
      agent: false as const,
      headers: { ...type, ...headers },
    };
    return new Promise((resolve, reject) => {
      const call = request({ ...options, ...(shows && own) }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part) => {
          text += part;
        });
        answer.on('end', () => {
          const { statusCode, headers: told } = answer;
          resolve({ status: statusCode!, headers: told, text, body: text ? JSON.parse(text) : undefined });
        });
      });
      call.on('error', reject);
      call.end(json);
    });
  };
}
