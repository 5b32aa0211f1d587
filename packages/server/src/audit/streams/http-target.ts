import { postTo } from '../../outbound/fetch.ts';
import { SinkError } from '../sink-runner.ts';
import type { StreamTarget } from './target.ts';

/** An address that gets batches of JSON lines by POST. Any 2xx says that the batch was taken. */
export function httpTarget(url: string, token: string | undefined): StreamTarget {
  return {
    async send(events) {
      const { status } = await postTo(url, {
        body: events.map(({ payload }) => `${payload}\n`).join(''),
        headers: {
          'content-type': 'application/x-ndjson',
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        policy: 'operator',
      });
      if (status < 200 || status > 299) throw new SinkError('sink_refused', `It answered ${status}.`);
    },
    close: async () => undefined,
  };
}
