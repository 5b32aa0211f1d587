import { request } from 'node:http';
import { type Answer, type Api, apiOf } from '../api.ts';

/** Settings under which X-Forwarded-For decides where a request of a test comes from, and anybody registers. */
export const BEHIND_PROXY = { MEMHOLD_TRUSTED_PROXIES: '127.0.0.1', MEMHOLD_REGISTRATION: 'open' };

/** Calls that come from an address, through the trusted proxy that this test then is. */
export function from(url: string, address: string, always: Record<string, string> = {}): Api {
  return apiOf(url, { 'x-forwarded-for': address, ...always });
}

/** Addresses of networks of their own (RFC 5737 has too few for some tests). */
export const address = (number: number) => `198.18.${(number >> 8) & 255}.${number & 255}`;

/** POST of JSON with any header and any request target: `fetch` sets Host and normalises the target by itself. */
export function rawPost(
  url: string,
  target: string,
  body: object,
  headers: Record<string, string | string[]>,
): Promise<Pick<Answer, 'status' | 'text'>> {
  const { hostname, port } = new URL(url);
  const text = JSON.stringify(body);
  const all = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), ...headers };
  return new Promise((done, fail) => {
    const sent = request(
      { hostname, port, path: target, method: 'POST', headers: all, agent: false },
      (answer) => {
        let received = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk: string) => {
          received += chunk;
        });
        answer.on('end', () => done({ status: answer.statusCode!, text: received }));
      },
    );
    sent.on('error', fail);
    sent.end(text);
  });
}

/** Runs `work` over the items, at most `width` at a time; the answers are in the order of the items. */
export async function inParallel<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  const rest = items.entries();
  const lane = async () => {
    for (const [index, item] of rest) results[index] = await work(item, index);
  };
  await Promise.all(Array.from({ length: width }, lane));
  return results;
}

/** How often each status came. */
export function tally(answers: readonly Pick<Answer, 'status'>[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}
