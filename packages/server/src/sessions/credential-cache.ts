import { hash } from 'node:crypto';
import type { Actor } from '../access/actor.ts';
import type { SigningKey } from '../signatures/service.ts';

/** The key that a caller's requests are signed with. */
export interface Signing {
  required: boolean;
  key: SigningKey | undefined;
}

/** What a credential proved. */
export interface Identity {
  actor: Actor;
  /** Epoch milliseconds; Infinity for a key without an end. */
  expiresAt: number;
  /** What has to be done before anything else. */
  first?: 'password_change_required' | 'mfa_enrolment_required';
  /** An API key whose requests must be signed, or may be. */
  signing?: Signing;
}

interface Entry extends Identity {
  tags: string[];
  /** When it has to be looked up again. */
  recheckAt: number;
}

const ENTRIES = 10_000;
/** What another process changes (a key revoked by a replica) holds here after this long. */
const RECHECK_MS = 5_000;

/**
 * Credentials that were proved lately, by the SHA-256 of their text: a request costs no signature check and no
 * database read. What ends on this process is forgotten at once.
 */
export class CredentialCache {
  private readonly entries = new Map<string, Entry>();
  private readonly byTag = new Map<string, Set<string>>();
  private readonly limit: number;
  private forgotten = 0;

  constructor(limit = ENTRIES) {
    this.limit = limit;
  }

  get size(): number {
    return this.entries.size;
  }

  get(credential: string, now: number): Identity | undefined {
    const digest = digestOf(credential);
    const entry = this.entries.get(digest);
    if (!entry) return undefined;
    if (now < entry.expiresAt && now < entry.recheckAt) return entry;
    this.remove(digest, entry);
    return undefined;
  }

  /**
   * Proves a credential by `look` and keeps the outcome, unless something was forgotten meanwhile: what `look` read
   * may then be older than that.
   */
  async prove(credential: string, now: number, look: () => Promise<Identity>): Promise<Identity> {
    const before = this.forgotten;
    const identity = await look();
    if (before === this.forgotten) this.keep(digestOf(credential), identity, now);
    return identity;
  }

  forgetSession(id: string): void {
    this.forget(`session:${id}`);
  }

  /** Also forgets the keys that the account made. `row` is the account's row number. */
  forgetAccount(row: number): void {
    this.forget(`account:${row}`);
  }

  forgetKey(id: string): void {
    this.forget(`key:${id}`);
  }

  /** For a change that concerns many: settings of a namespace. */
  forgetAll(): void {
    this.forgotten++;
    this.entries.clear();
    this.byTag.clear();
  }

  private forget(tag: string): void {
    this.forgotten++;
    for (const digest of this.byTag.get(tag) ?? []) this.remove(digest, this.entries.get(digest)!);
  }

  private keep(digest: string, identity: Identity, now: number): void {
    const { kind, id, account, session } = identity.actor;
    const tags = [`account:${account.row}`];
    if (kind === 'api_key') tags.push(`key:${id}`);
    if (session !== undefined) tags.push(`session:${session}`);
    const previous = this.entries.get(digest);
    if (previous) this.remove(digest, previous);
    else if (this.entries.size >= this.limit) {
      const [oldest, entry] = this.entries.entries().next().value!;
      this.remove(oldest, entry);
    }
    this.entries.set(digest, { ...identity, tags, recheckAt: now + RECHECK_MS });
    for (const tag of tags) {
      const digests = this.byTag.get(tag) ?? new Set();
      this.byTag.set(tag, digests.add(digest));
    }
  }

  private remove(digest: string, entry: Entry): void {
    this.entries.delete(digest);
    for (const tag of entry.tags) {
      const digests = this.byTag.get(tag);
      digests?.delete(digest);
      if (digests?.size === 0) this.byTag.delete(tag);
    }
  }
}

function digestOf(credential: string): string {
  return hash('sha256', credential, 'base64');
}
