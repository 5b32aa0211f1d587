import { siteOf } from '../../limits/network.ts';
import type { SeenEvent } from './detection.ts';

/** Failures that tell nothing of a guess: the server was busy, or nothing was shown at all. */
const NO_GUESS = new Set(['hashing_busy', 'missing']);
const NAMES_KEPT = 10_000;

/**
 * What a failed proof of a password, code or token was aimed at. A refusal by the lockout names only what was typed,
 * so the names of accounts are remembered from the failures that name both.
 */
export class Attempts {
  private readonly accounts = new Map<string, string>();

  /** Public id of the account, `name:<what was typed>` where nobody has that name, undefined where there is neither. */
  target({ skeleton, privatePart }: SeenEvent): string | undefined {
    const { resource } = skeleton;
    const typed = privatePart?.username;
    const name = typeof typed === 'string' ? typed.normalize('NFKC').toLowerCase() : undefined;
    const account = resource?.type === 'account' ? resource.ids[0] : undefined;
    if (name === undefined) return account;
    if (account === undefined) return this.accounts.get(name) ?? `name:${name}`;
    this.accounts.delete(name);
    this.accounts.set(name, account);
    if (this.accounts.size > NAMES_KEPT) this.accounts.delete(this.accounts.keys().next().value!);
    return account;
  }
}

export function isGuess({ skeleton }: SeenEvent): boolean {
  return !skeleton.success && !NO_GUESS.has(skeleton.code ?? '');
}

/** The neighbourhood of the client: /24 of IPv4, /48 of IPv6, what one attacker often has the whole of. */
export function networkOf({ privatePart }: SeenEvent): string | undefined {
  const ip = privatePart?.ip;
  if (typeof ip !== 'string') return undefined;
  const site = siteOf(ip);
  if (site === 'unknown') return undefined;
  return site.includes(':') ? site : `${site.split('.').slice(0, 3).join('.')}.0/24`;
}

/** `account:` of an id, none of a name that nobody has. */
export const accountResource = (targets: readonly string[]) => {
  const ids = targets.filter((target) => !target.startsWith('name:'));
  return ids.length === 0 ? {} : { resource: { type: 'account', ids } };
};
