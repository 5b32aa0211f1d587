import { keyedDigest } from '../encryption/digest.ts';

const MAILS = 10;
const HOUR = 3_600_000;
const RECIPIENTS = 10_000;

export interface Recipient {
  to: string;
  notice?: boolean;
  recovery?: boolean;
  alert?: string;
}

/** `Alice+shop@Example.org` and `alice@example.org` fill one mailbox. */
function mailbox(address: string): string {
  const comparable = address.normalize('NFKC').toLowerCase();
  return comparable.replace(/\+[^@]*(?=@)/, '');
}

/**
 * Keeps this server from being used to flood a mailbox: ten mails an hour. Notices of what was done to an account
 * count apart, and so do links to a new password: nobody uses up the allowance with other requests to hide or to hold
 * up what comes after; and so does each kind of alert, so that a flood of one does not hide another.
 * Memory is bounded, and holds keyed digests, no addresses. Each process counts for itself.
 */
export class RecipientLimit {
  private readonly key: Uint8Array;
  private readonly capacity: number;
  private readonly sent = new Map<string, number[]>();

  constructor(key: Uint8Array, capacity = RECIPIENTS) {
    this.key = key;
    this.capacity = capacity;
  }

  /** Counts a mail; false when the mailbox had its share of the last hour. */
  admit({ to, notice, recovery, alert }: Recipient, now: number): boolean {
    const told = notice ? 'notice' : recovery ? 'recovery' : 'request';
    const kind = alert === undefined ? told : `alert:${alert}`;
    const id = keyedDigest(this.key, `mail:${kind}:${mailbox(to)}`).toString('base64');
    const recent = (this.sent.get(id) ?? []).filter((at) => at > now - HOUR);
    const admitted = recent.length < MAILS;
    if (admitted) recent.push(now);
    // Set anew, so that the map is in the order of use and the first one is the longest unused.
    this.sent.delete(id);
    this.sent.set(id, recent);
    if (this.sent.size > this.capacity) this.sent.delete(this.sent.keys().next().value!);
    return admitted;
  }
}
