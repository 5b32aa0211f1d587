import type { SentAlert } from './alert.ts';

/** A way to tell people. */
export interface Channel {
  readonly name: 'webhook' | 'email';
  /** One try: false when it is refused for good; rejects when it should be tried again. */
  send(alert: SentAlert): Promise<boolean>;
}
