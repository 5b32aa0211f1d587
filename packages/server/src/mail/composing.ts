import { MailError } from './errors.ts';
import type { Mail } from './mail.ts';
import { oneLine } from './plain-text.ts';

const PART = String.raw`[^\s\p{C}<>"(),:;\\[\]@]+`;
const ADDRESS = new RegExp(`^${PART}@${PART}$`, 'u');
/** RFC 5321, erratum 1690. */
const LONGEST_ADDRESS = 254;

/**
 * A mail as Nodemailer's composer takes it: one recipient, plain text, nothing read from files or the web.
 * @throws MailError `mail_address_invalid` where the address could be read as anything but one address.
 */
export function composed(mail: Mail, from: string) {
  const { to, text } = mail;
  if (to.length > LONGEST_ADDRESS || !ADDRESS.test(to)) throw new MailError('mail_address_invalid');
  return {
    from: { name: 'Memhold', address: from },
    to: { name: '', address: to },
    envelope: { from, to: [to] },
    // A line break here would begin a header of the writer's choice.
    subject: oneLine(mail.subject),
    text,
    // RFC 3834: keeps holiday responders from answering.
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    xMailer: false as const,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
