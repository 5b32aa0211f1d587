import { rename, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { isLoopback } from '../config/values.ts';
import { makeFolder } from '../encryption/make-folder.ts';
import { randomBytes } from '../encryption/randomness.ts';
import { composed } from './composing.ts';
import { MailError } from './errors.ts';
import type { Mail } from './mail.ts';
import { maskedAddress } from './plain-text.ts';

export interface MailTransport {
  /** Hands a mail over. @throws MailError; any other error counts as one that passes. */
  send(mail: Mail): Promise<void>;
  close(): void;
}

export interface SmtpOptions {
  /** `smtp://` or `smtps://`, with user and password percent-encoded. Default ports 587 (25 on loopback) and 465. */
  url: string;
  /** Sender address. */
  from: string;
  /** Milliseconds; defaults 10 s, 10 s and 30 s. */
  timeouts?: { connect?: number; greeting?: number; socket?: number };
}

/** Less than a claim in the queue lasts, whatever the mail server does. */
const LONGEST_SEND = 90_000;
const LONGEST_REASON = 300;

/** Keeps connections to an SMTP server. @throws TypeError where the URL cannot be used. */
export function smtpTransport({ url, from, timeouts = {} }: SmtpOptions): MailTransport {
  const server = serverOf(url);
  let pool: ReturnType<typeof connect> | undefined;
  // Loaded with the first mail: a start need not wait for it (50 ms, 20 MB).
  const connect = async () => {
    const { default: nodemailer } = await import('nodemailer');
    const made = nodemailer.createTransport({
      ...server,
      pool: true,
      maxConnections: 3,
      // The queue tries again by itself; this is for a connection that the server closed while it was idle.
      maxRequeues: 1,
      connectionTimeout: timeouts.connect ?? 10_000,
      greetingTimeout: timeouts.greeting ?? 10_000,
      socketTimeout: timeouts.socket ?? 30_000,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    // Every send tells of its own error; without a listener the event would end the process.
    made.on('error', () => {});
    return made;
  };
  return {
    async send(mail) {
      const message = composed(mail, from);
      pool ??= connect();
      const transport = await pool;
      try {
        await transport.sendMail({ ...message, signal: AbortSignal.timeout(LONGEST_SEND) });
      } catch (error) {
        throw smtpError(error as SmtpFailure);
      }
    },
    close: () => void pool?.then((transport) => transport.close({ force: true })),
  };
}

function serverOf(address: string) {
  const url = URL.parse(address);
  // Never with the address itself: it holds a password.
  if (!url?.hostname || !/^smtps?:$/.test(url.protocol))
    throw new TypeError(
      'The address of the mail server must begin with smtp:// or smtps:// and name a host.',
    );
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const auth = url.username === '' ? {} : { auth: { user: plain(url.username), pass: plain(url.password) } };
  const at = (port: number) => ({ host, port: url.port === '' ? port : Number(url.port), ...auth });
  const tls = { minVersion: 'TLSv1.2' } as const;
  if (url.protocol === 'smtps:') return { ...at(465), secure: true, tls };
  if (!isLoopback(host)) return { ...at(587), requireTLS: true, tls };
  return {
    ...at(25),
    // RFC 6761: these names mean this machine. Asking a name server would let it decide who gets the password.
    host: isIP(host) ? host : '127.0.0.1',
    // Nobody stands between, and servers on this machine certify themselves.
    opportunisticTLS: true,
    // memhold:allow node-verify-off -- loopback only
    tls: { ...tls, rejectUnauthorized: false },
  };
}

function plain(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new TypeError(
      'User and password in the address of the mail server must be percent-encoded: write % as %25.',
    );
  }
}

interface SmtpFailure {
  code?: string;
  command?: string;
  response?: string;
  permanent?: boolean;
}

/** For good is only what was said of this recipient or this mail: a wrong password can be set right. */
function smtpError({ code, command, response, permanent }: SmtpFailure): MailError {
  const aboutThisMail = command === 'RCPT TO' || command === 'DATA';
  const reason = response ?? [code, command].filter(Boolean).join(' at ');
  return new MailError(
    permanent && aboutThisMail ? 'mail_refused' : 'mail_deferred',
    reason.slice(0, LONGEST_REASON),
  );
}

export interface OutboxOptions {
  folder: string;
  from: string;
  /** Told of each mail in one line, with the link in it: for the screen of whoever runs the server. */
  tell?: ((line: string) => void) | undefined;
}

/** Writes mails as files (0600, in a folder of 0700), for servers without an SMTP server. */
export function outboxTransport({ folder, from, tell }: OutboxOptions): MailTransport {
  return {
    async send(mail) {
      const message = composed(mail, from);
      const { default: MailComposer } = await import('nodemailer/lib/mail-composer');
      // The composer writes the headers alone: its body would be quoted-printable, which breaks links in two, and
      // these files are read as they are.
      const { text, ...head } = message;
      const node = new MailComposer(head).compile().setHeader('Content-Transfer-Encoding', '8bit');
      const bytes = `${node.buildHeaders()}\r\n\r\n${text.replace(/\r?\n/g, '\r\n')}`;
      makeFolder(folder);
      // No colons: not every file system takes them.
      const time = new Date().toISOString().replaceAll(':', '-');
      const path = join(folder, `${time}-${randomBytes(8).toString('hex')}.eml`);
      await writeFile(`${path}.tmp`, bytes, { mode: 0o600, flag: 'wx', flush: true });
      await rename(`${path}.tmp`, path);
      const link = /https?:\/\/\S+/.exec(mail.text)?.[0];
      tell?.(`mail to ${maskedAddress(mail.to)}: ${message.subject}${link ? ` — ${link}` : ''}`);
    },
    close() {},
  };
}
