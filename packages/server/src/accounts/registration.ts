import type { Role } from '../access/permissions.ts';
import type { AuditActor, AuditEvent } from '../audit/entry.ts';
import { UnitRefused } from '../database/errors.ts';
import type { Leaf, Step } from '../database/unit.ts';
import { keyedDigest } from '../encryption/digest.ts';
import { NO_REQUEST, type Origin, traced } from '../http/origin.ts';
import { newId } from '../ids.ts';
import { LimitError } from '../limits/errors.ts';
import { siteOf } from '../limits/network.ts';
import type { RateLimits } from '../limits/rate-limits.ts';
import type { MailService } from '../mail/service.ts';
import type { NamespaceService } from '../namespaces/service.ts';
import { type Account, accountOf, type Profile, presentUser, sealProfile, type User } from './account.ts';
import type { EmailFlows } from './email/service.ts';
import { AccountError } from './errors.ts';
import type { Accepted, Invitations } from './invitations/service.ts';
import { emailKey, usernameKey } from './names.ts';
import { checkForm, checkPassword, randomPassword } from './passwords.ts';
import type { RegistrationInput } from './schema.ts';
import { type AccountDeps, ownNames } from './service.ts';
import {
  accountByEmail,
  accountByUsername,
  anyAdmin,
  emailFree,
  firstAdmin,
  insertAccount,
  usernameFree,
} from './store.ts';

export interface RegistrationDeps extends AccountDeps {
  namespaces: Pick<NamespaceService, 'creation'>;
  invitations: Pick<Invitations, 'opened'>;
  email: Pick<EmailFlows, 'confirmation' | 'taken'>;
  mail: Pick<MailService, 'wake'>;
  limits: Pick<RateLimits, 'takeFor' | 'exhaustedFor'>;
  /** Who may register. */
  mode: 'open' | 'invite' | 'closed';
}

interface NewUser {
  profile: Profile;
  role: Role;
  verified: boolean;
  mustChangePassword: boolean;
  /** The address is another account's: this one holds its name, and nobody can ever confirm it. */
  addressTaken?: true;
}

/** What comes with an account into its unit. */
interface Along {
  steps(account: string): Step[];
  leaves(account: string): Leaf[];
}
const NOTHING: Along = { steps: () => [], leaves: () => [] };

const CLOSED = {
  invite: 'Registration here is by invitation: ask an administrator of this server for one.',
  closed: 'Registration is closed here: ask an administrator of this server for an account.',
};

/** How accounts begin: by registering, by an administrator, and the first administrator at the first start. */
export class Registration {
  private readonly deps: RegistrationDeps;

  constructor(deps: RegistrationDeps) {
    this.deps = deps;
  }

  /**
   * Registers a user with a namespace of their own. A taken e-mail address answers like a new one, and its owner gets
   * a mail: who has an account is nobody's business.
   * @throws AccountError `registration_closed`, `invitation_invalid`, `weak_password`, `username_taken`,
   * `hashing_busy`; LimitError `rate_limited`, for a network that was told of many taken names.
   */
  async register(input: RegistrationInput, origin: Origin): Promise<User> {
    const { username, email, full_name = null, password } = input;
    const profile = { username, email, full_name };
    const accepted = await this.admitted(input, profile, origin);
    this.checkTold(origin);
    try {
      checkPassword(password, 'password', ownNames(profile));
    } catch (error) {
      await this.tell({ profile, role: 'user' }, { kind: 'anonymous' }, origin, 'weak_password');
      throw error;
    }
    const { hasher, mail } = this.deps;
    const passwordHash = await hasher.hash(password, siteOf(origin.client.ip));
    const role = accepted?.role ?? 'user';
    const user: NewUser = { profile, role, verified: false, mustChangePassword: false };
    const by = { kind: 'anonymous' } as const;
    const { code, owner } = await this.takenOf(profile);
    const make = (of: NewUser) =>
      this.create(of, passwordHash, by, origin, this.along(of, accepted, origin, owner));
    try {
      if (code !== undefined) throw new UnitRefused(code);
      return presentUser(await make(user));
    } catch (error) {
      if (!(error instanceof UnitRefused)) throw error;
      if (error.code !== 'email_taken') return await this.refused(error.code, user, by, origin);
      return await this.answerTaken(user, by, origin, make, owner);
    } finally {
      mail.wake();
    }
  }

  /**
   * Where nobody logs in before confirming an address, the name is held from now on, by an account that waits for ever:
   * were it free, registering it once more would tell. Elsewhere the first login tells anyway.
   */
  private async answerTaken(
    user: NewUser,
    by: AuditActor,
    origin: Origin,
    make: (of: NewUser) => Promise<Parameters<typeof presentUser>[0]>,
    owner: string | undefined,
  ): Promise<User> {
    const { email, emailVerification } = this.deps;
    if (emailVerification !== 'required') {
      const notice = email.taken(owner ?? user.profile.email);
      return presentUser((await this.tell(user, by, origin, 'email_taken', notice)).decoy);
    }
    try {
      // It is nobody's, and has no right on this server; what is shown of it, to members too, is as of any other.
      const held = await make({ ...user, role: 'user', addressTaken: true });
      return presentUser({ ...held, role: user.role });
    } catch (error) {
      if (!(error instanceof UnitRefused)) throw error;
      return await this.refused(error.code, user, by, origin);
    }
  }

  /**
   * Makes an account for somebody, with a random password that has to be changed at the first login.
   * @throws UnitRefused `username_taken`, `email_taken`
   */
  async createFor(
    profile: Profile,
    role: Role,
    by: AuditActor,
    guard: Step,
    origin: Origin,
  ): Promise<{ user: User; password: string }> {
    const password = randomPassword();
    const user: NewUser = { profile, role, verified: false, mustChangePassword: true };
    const passwordHash = await this.deps.hasher.hash(password);
    const { email } = this.deps;
    const along = {
      ...NOTHING,
      first: [guard],
      steps: (account: string) => email.confirmation({ publicId: account, ...profile }),
    };
    return { user: presentUser(await this.create(user, passwordHash, by, origin, along)), password };
  }

  /** The administrator who was made first, of those that are active; else of all. */
  async admin(): Promise<Account | undefined> {
    const { writer, keys } = this.deps;
    const [active] = await writer.read(firstAdmin, {});
    const [row] = active ? [active] : await writer.read(anyAdmin, {});
    return row && accountOf(keys, row);
  }

  /**
   * Makes the administrator. With `mustChange`, the password is only good for choosing another one; that it is not
   * a common one is for first-credentials.ts to say. @throws AccountError `weak_password`; UnitRefused `username_taken`.
   */
  async createAdmin(username: string, password: string, mustChange: boolean): Promise<Account> {
    checkForm(password, 'password');
    // Registration takes no address without a dot in its domain: nobody can have come first.
    const profile = { username, email: `${username}@localhost`, full_name: null };
    const user: NewUser = { profile, role: 'admin', verified: true, mustChangePassword: mustChange };
    await this.create(user, await this.deps.hasher.hash(password), { kind: 'system' }, NO_REQUEST, NOTHING);
    return (await this.admin())!;
  }

  /** Whether this one may register at all, and with which invitation. */
  private async admitted(
    { invitation }: RegistrationInput,
    profile: Profile,
    origin: Origin,
  ): Promise<Accepted | undefined> {
    const { mode, invitations } = this.deps;
    try {
      if (mode === 'closed' || (mode === 'invite' && invitation === undefined))
        throw new AccountError('registration_closed', CLOSED[mode]);
      if (invitation === undefined) return undefined;
      const accepted = await invitations.opened(invitation, profile.email);
      if (mode === 'invite' && !accepted.opensServer)
        throw new AccountError('registration_closed', CLOSED[mode]);
      return accepted;
    } catch (error) {
      if (error instanceof AccountError)
        await this.tell({ profile, role: 'user' }, { kind: 'anonymous' }, origin, error.code);
      throw error;
    }
  }

  /** A mail to the address, and what the invitation brings. `owner`: of a taken address, as its account has it. */
  private along(
    { profile, addressTaken }: NewUser,
    accepted: Accepted | undefined,
    origin: Origin,
    owner: string | undefined,
  ): Along {
    const { email, lockout, now } = this.deps;
    return {
      steps: (account) => [
        ...(accepted?.steps(account) ?? []),
        ...lockout.known(account, origin.client.ip, now()),
        ...(addressTaken
          ? email.taken(owner ?? profile.email)
          : email.confirmation({ publicId: account, ...profile })),
      ],
      leaves: (account) => accepted?.leaves({ kind: 'account', id: account }, origin) ?? [],
    };
  }

  /** Looked up first, so that a name that is taken costs as many commits as one that is not. */
  private async takenOf({ username, email }: Profile): Promise<{ code?: string; owner?: string }> {
    const { writer, keys } = this.deps;
    const [byName, byEmail] = await Promise.all([
      writer.read(accountByUsername, { digest: keyedDigest(keys.digest, usernameKey(username)) }),
      writer.read(accountByEmail, { digest: keyedDigest(keys.digest, emailKey(email)) }),
    ]);
    if (byName.length > 0) return { code: 'username_taken' };
    const [row] = byEmail;
    return row ? { code: 'email_taken', owner: accountOf(keys, row).email } : {};
  }

  private async refused(code: string, user: NewUser, by: AuditActor, origin: Origin): Promise<User> {
    await this.tell(user, by, origin, code);
    if (code === 'invitation_invalid')
      throw new AccountError(
        'invitation_invalid',
        'This invitation is not valid any more: ask for a new one.',
      );
    const taken = this.deps.limits.takeFor('name-taken', origin.client.ip);
    if (!taken.allowed) throw new LimitError('rate_limited', taken.retryAfterSeconds);
    throw new AccountError('username_taken', 'This user name is taken: choose another.', {
      problems: [{ path: 'username', message: 'is taken' }],
    });
  }

  /** Whoever was told of many taken names learns no more, neither of taken ones nor of free ones. */
  private checkTold(origin: Origin): void {
    const retry = this.deps.limits.exhaustedFor('name-taken', origin.client.ip);
    if (retry !== undefined) throw new LimitError('rate_limited', retry);
  }

  private async tell(
    user: Pick<NewUser, 'profile' | 'role'>,
    by: AuditActor,
    origin: Origin,
    code: string,
    steps: Step[] = [],
  ) {
    const { writer, recorder } = this.deps;
    const described = this.describe({ ...user, verified: false, mustChangePassword: false }, by, origin);
    const leaf = recorder.leaf({ ...described.event, success: false, code });
    await writer.commit({ steps, leaves: [leaf] });
    return described;
  }

  /** One unit: the names are still free, the namespace, the account, and the events of both. */
  private async create(
    user: NewUser,
    passwordHash: string,
    by: AuditActor,
    origin: Origin,
    along: Along & { first?: Step[] },
  ) {
    const { writer, keys, recorder, namespaces } = this.deps;
    const { decoy, event } = this.describe(user, by, origin);
    const { username, email } = user.profile;
    const namespace = namespaces.creation(username, { actor: by, ...traced(origin) });
    const account = { ...decoy, namespace: { id: 0, publicId: namespace.publicId } };
    const digests = {
      username: keyedDigest(keys.digest, usernameKey(username)),
      // Of an id instead of an address, so that no mail and no login ever finds it.
      email: keyedDigest(keys.digest, user.addressTaken ? `nobody:${account.publicId}` : emailKey(email)),
    };
    const insert = insertAccount.bind({
      ...digests,
      publicId: account.publicId,
      namespace: namespace.publicId,
      profile: sealProfile(keys, account.publicId, user.profile),
      passwordHash,
      role: user.role,
      verified: Number(user.verified),
      mustChangePassword: Number(user.mustChangePassword),
      at: account.createdAt,
    });
    await writer.commit({
      steps: [
        ...(along.first ?? []),
        { ...usernameFree.bind({ digest: digests.username }), otherwise: 'username_taken' },
        { ...emailFree.bind({ digest: digests.email }), otherwise: 'email_taken' },
        ...namespace.steps,
        insert,
        ...along.steps(account.publicId),
      ],
      leaves: [
        ...namespace.leaves,
        recorder.leaf({
          ...event,
          ...(user.addressTaken ? { action: 'email_taken' } : {}),
          namespace: namespace.publicId,
          success: true,
        }),
        ...along.leaves(account.publicId),
      ],
    });
    return account;
  }

  /** A new user with ids of its own, and the event that tells of it. */
  private describe(
    { profile, role, verified, mustChangePassword }: NewUser,
    actor: AuditActor,
    origin: Origin,
  ) {
    const at = this.deps.now();
    const decoy = {
      ...profile,
      publicId: newId(),
      namespace: { id: 0, publicId: newId() },
      role,
      active: true,
      verified,
      mustChangePassword,
      createdAt: at,
      lastLoginAt: null,
    };
    const event: Omit<AuditEvent, 'success'> = {
      ...traced(origin, { username: profile.username }),
      type: 'user.created',
      ...(role !== 'user' && { action: `role ${role}` }),
      time: at,
      actor,
      resource: { type: 'account', ids: [decoy.publicId] },
    };
    return { decoy, event };
  }
}
