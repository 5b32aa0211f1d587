import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { vi } from 'vitest';
import type { Server } from '../server-process.ts';

/** A mail that a server without an SMTP server wrote into its outbox. */
export interface Letter {
  file: string;
  to: string;
  subject: string;
  text: string;
  /** The link in it, and the token after its `#`; empty where there is none. */
  link: string;
  token: string;
}

const WAIT = { timeout: 10_000, interval: 10 };

/** Every mail so far, oldest first. */
export function letters({ dataDir }: Pick<Server, 'dataDir'>): Letter[] {
  const folder = `${dataDir}.outbox`;
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((name) => name.endsWith('.eml'));
  return files.sort().map((file) => letterOf(file, readFileSync(join(folder, file), 'utf8')));
}

function letterOf(file: string, mail: string): Letter {
  const [head = '', ...body] = mail.split('\r\n\r\n');
  const header = (name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1] ?? '';
  const text = body.join('\r\n\r\n');
  const link = /https?:\/\/\S+/.exec(text)?.[0] ?? '';
  const to = header('To').replace(/^.*<|>.*$/g, '');
  return { file, to, subject: header('Subject'), text, link, token: link.split('#')[1] ?? '' };
}

/** Waits until an address has so many mails of this subject: the last of them. */
export async function letterTo(server: Server, to: string, subject: string, count = 1): Promise<Letter> {
  return vi.waitFor(() => {
    const found = letters(server).filter((letter) => letter.to === to && letter.subject === subject);
    if (found.length < count)
      throw new Error(
        `${found.length} of ${count} mails "${subject}" to ${to}, of ${letters(server).length}`,
      );
    return found.at(-1)!;
  }, WAIT);
}

export const SUBJECTS = {
  verify: 'Confirm your mail address',
  taken: 'You already have an account',
  reset: 'Choose a new password',
  wasReset: 'Your password was reset',
  changeAddress: 'Confirm your new mail address',
  addressChanged: 'Your mail address was changed',
} as const;
