import { OutboundError } from './errors.ts';

/** For one delivery, resolving the name and the TLS handshake included. */
export const DELIVERY_MS = 2000;

/**
 * Does work that must end in time; afterwards `signal` is aborted and whatever the work still brings is ignored.
 * @throws OutboundError `outbound_timeout`, or what the work throws
 */
export async function within<T>(
  milliseconds: number,
  where: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const end = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const message = `${where} did not answer within ${milliseconds / 1000} s: is it running?`;
      reject(new OutboundError('outbound_timeout', message));
    }, milliseconds);
  });
  try {
    return await Promise.race([work(end.signal), late]);
  } finally {
    clearTimeout(timer);
    end.abort();
  }
}
