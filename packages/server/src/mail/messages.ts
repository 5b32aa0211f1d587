import { maskedAddress, oneLine, quoted, utc } from './plain-text.ts';

/** What a mail says. Times are epoch milliseconds. */
export interface Message {
  subject: string;
  text: string;
  /** Tells of what was done to an account, as against what somebody asked for. */
  notice?: true;
  /** Lets somebody back in who lost their password. */
  recovery?: true;
  /** Kind of an alert to whoever runs this server. */
  alert?: string;
}

const mail = (subject: string, ...paragraphs: string[]): Message => ({
  subject,
  text: `${paragraphs.join('\n\n')}\n`,
});
const notice = (subject: string, ...paragraphs: string[]): Message => ({
  ...mail(subject, ...paragraphs),
  notice: true,
});
const hello = (username: string) => `Hello ${quoted(username)},`;
/** The link for people, the token for those who use the service from a command line. */
const linkAndToken = (link: string, token: string) =>
  `${link}\n\nWithout a browser, use this token:\n${token}`;
const span = (count: number, unit: string) => `${count} ${unit}${count === 1 ? '' : 's'}`;

const NOT_YOU =
  'If this was not you, reset your password now, log out all sessions, and tell the administrator of this server.';

export interface LinkMail {
  username: string;
  link: string;
  token: string;
}

export function verifyAddress({ username, link, token, hours }: LinkMail & { hours: number }): Message {
  return mail(
    'Confirm your mail address',
    hello(username),
    'an account was made with this mail address. To confirm that it is yours, open this link:',
    linkAndToken(link, token),
    `The link works once, within ${span(hours, 'hour')}.`,
    'If this was not you, do nothing: the address stays unconfirmed.',
  );
}

export function addressTaken({ resetLink }: { resetLink: string }): Message {
  return mail(
    'You already have an account',
    'Hello,',
    'somebody tried to register with this mail address. You have an account with it already, so none was made.',
    `If this was you, log in as usual. If you no longer know your password, ask for a new one:\n${resetLink}`,
    'If this was not you, do nothing: your account is unchanged.',
  );
}

export function resetPassword({ username, link, token, minutes }: LinkMail & { minutes: number }): Message {
  const words = mail(
    'Choose a new password',
    hello(username),
    'somebody asked for a new password for your account. To choose one, open this link:',
    linkAndToken(link, token),
    `The link works once, within ${span(minutes, 'minute')}. Give it to nobody.`,
    'If this was not you, do nothing: your password stays as it is.',
  );
  return { ...words, recovery: true };
}

export function passwordWasReset({ username, time }: { username: string; time: number }): Message {
  return notice(
    'Your password was reset',
    hello(username),
    `the password of your account was reset by a mailed link at ${utc(time)}. All sessions were ended: log in again.`,
    NOT_YOU,
  );
}

export function passwordChanged({ username, time }: { username: string; time: number }): Message {
  return notice(
    'Your password was changed',
    hello(username),
    `the password of your account was changed at ${utc(time)}. If this was you, there is nothing to do.`,
    NOT_YOU,
  );
}

export function changeAddress({ username, link, token, hours }: LinkMail & { hours: number }): Message {
  return mail(
    'Confirm your new mail address',
    hello(username),
    'you asked to use this mail address for your account. To confirm it, open this link:',
    linkAndToken(link, token),
    `The link works once, within ${span(hours, 'hour')}. Until then your old address stays.`,
    'If this was not you, do nothing: the address is not used.',
  );
}

/** To the old address. The new one is shown masked, whether it comes so or not. */
export function addressChanged(change: { username: string; time: number; newAddress: string }): Message {
  const masked = oneLine(maskedAddress(change.newAddress));
  return notice(
    'Your mail address was changed',
    hello(change.username),
    `the mail address of your account was changed to ${masked} at ${utc(change.time)}. Mails go there from now on.`,
    'If this was not you, tell the administrator of this server at once: a reset of the password goes to the new address.',
  );
}

export interface LoginMail {
  username: string;
  time: number;
  ip: string;
  /** What the client calls itself: its User-Agent. */
  client: string;
}

export function newLogin({ username, time, ip, client }: LoginMail): Message {
  return notice(
    'A login from a new place',
    hello(username),
    'somebody logged in to your account from a network that it was not used from before:',
    `Time: ${utc(time)}\nAddress: ${quoted(ip)}\nClient: ${quoted(client) || 'unknown'}`,
    `If this was you, there is nothing to do. ${NOT_YOU}`,
  );
}

export interface InvitationMail {
  /** User name of whoever invites. */
  by: string;
  /** Name of the namespace; null for an account with one of its own. */
  namespace: string | null;
  link: string;
  token: string;
  days: number;
}

export function invitation({ by, namespace, link, token, days }: InvitationMail): Message {
  const where = namespace === null ? 'this Memhold server' : `the namespace "${quoted(namespace)}"`;
  return mail(
    'You are invited',
    'Hello,',
    `"${quoted(by)}" invites you to ${where}. To accept, open this link:`,
    linkAndToken(link, token),
    `The link works once, within ${span(days, 'day')}.`,
    'If you did not expect this or do not know who invites you, do nothing.',
  );
}

export interface KeyMail {
  name: string;
  id: string;
}

export function keyRotationDue({ name, id, since, due }: KeyMail & { since: number; due: number }): Message {
  return mail(
    'An API key is due for rotation',
    'Hello,',
    `your API key "${quoted(name)}" (${quoted(id)}) has had the same secret since ${utc(since)}; a new one is due by ${utc(due)}.`,
    'Rotate it and put the new secret in its place. If nothing uses the key any more, revoke it.',
  );
}

export function keyExpires({ name, id, at }: KeyMail & { at: number }): Message {
  return mail(
    'An API key is about to expire',
    'Hello,',
    `your API key "${quoted(name)}" (${quoted(id)}) expires at ${utc(at)}. What uses it stops working then.`,
    'Make a new key before that and put it in its place. If nothing uses it any more, there is nothing to do.',
  );
}

const MFA_CHANGES = {
  on: 'a second factor was turned on for your account',
  off: 'the second factor of your account was turned off: the password alone is enough now',
  codes: 'new recovery codes were made for your account, and the old ones are void',
} as const;

export interface MfaMail {
  username: string;
  what: keyof typeof MFA_CHANGES;
  time: number;
}

export function mfaChanged({ username, what, time }: MfaMail): Message {
  return notice(
    'Your second factor was changed',
    hello(username),
    `${MFA_CHANGES[what]}. This was at ${utc(time)}.`,
    `If this was you, there is nothing to do. ${NOT_YOU}`,
  );
}

export interface AlertMail {
  kind: string;
  severity: 'warning' | 'error' | 'critical';
  summary: string;
  time: number;
  /** Positions in the audit log. */
  first?: number | undefined;
  last?: number | undefined;
  /** Alerts that were not sent since the last one. */
  heldBack: number;
}

export function securityAlert({ kind, severity, summary, time, first, last, heldBack }: AlertMail): Message {
  const events = first === undefined ? '' : `\nEvents in the audit log: ${first} to ${last}`;
  const others = `Alerts of this kind that were not sent since the last one: ${heldBack}.`;
  const words = mail(
    `Security alert ${kind.replace(/\W+/g, ' ')}`,
    quoted(summary),
    `Severity: ${severity}\nTime: ${utc(time)}${events}`,
    ...(heldBack === 0 ? [] : [others]),
    'If you did not expect this, look at the audit log of this server: who it was and from where stands there.',
  );
  return { ...words, alert: kind };
}
