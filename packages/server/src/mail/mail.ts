/** A plain-text mail to one recipient. */
export interface Mail {
  to: string;
  subject: string;
  text: string;
  /** Tells of what was done to an account; such mails have an hourly allowance of their own. */
  notice?: boolean;
  /** A link to a new password. */
  recovery?: boolean;
  /** Kind of an alert to whoever runs this server: each kind has an allowance of its own. */
  alert?: string;
}
