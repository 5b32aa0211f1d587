export type MailErrorCode = 'mail_refused' | 'mail_deferred' | 'mail_address_invalid';

const MESSAGES: Record<MailErrorCode, string> = {
  mail_refused: 'The mail server refused this mail for good: look at its answer in the audit log.',
  mail_deferred: 'The mail could not be handed over now: it is tried again.',
  mail_address_invalid: 'This is no address that mail can be sent to: correct the address.',
};

/** Why a mail was not handed over. Neither message nor code names the recipient. */
export class MailError extends Error {
  readonly code: MailErrorCode;
  /** What the server or the system answered. It may quote the address: for erasable places only. */
  readonly reason: string;

  constructor(code: MailErrorCode, reason = '') {
    super(MESSAGES[code]);
    this.name = 'MailError';
    this.code = code;
    this.reason = reason;
  }

  /** Whether another try would end the same. */
  get isPermanent(): boolean {
    return this.code !== 'mail_deferred';
  }
}
