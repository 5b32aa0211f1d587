import type { Role } from '../access/permissions.ts';
import type { AuditActor, AuditEvent } from '../audit/entry.ts';
import { UnitRefused } from '../database/errors.ts';
import { keyedDigest } from '../encryption/digest.ts';
import { NO_REQUEST, type Origin, traced } from '../http/origin.ts';
import { newId } from '../ids.ts';
import type { NamespaceService } from '../namespaces/service.ts';
import { type Account, accountOf, type Profile, presentUser, sealProfile, type User } from './account.ts';
import { AccountError } from './errors.ts';
import { emailKey, usernameKey } from './names.ts';
import { checkPassword } from './passwords.ts';
import type { RegistrationInput } from './schema.ts';
import type { AccountDeps } from './service.ts';
import { emailFree, firstAdmin, insertAccount, usernameFree } from './store.ts';

export interface RegistrationDeps extends AccountDeps {
  namespaces: Pick<NamespaceService, 'creation'>;
  /** Who may register. */
  mode: 'open' | 'invite' | 'closed';
}

interface NewUser {
  profile: Profile;
  password: string;
  role: Role;
  mustChangePassword: boolean;
}

const CLOSED = {
  invite: 'Registration here is by invitation: ask an administrator of this server for an account.',
  closed: 'Registration is closed here: ask an administrator of this server for an account.',
};

/** How accounts begin: by registering, and the first administrator at the first start. */
export class Registration {
  private readonly deps: RegistrationDeps;

  constructor(deps: RegistrationDeps) {
    this.deps = deps;
  }

  /**
   * Registers a user with a namespace of their own. A taken e-mail address answers like a new one, with a user that
   * is stored nowhere: who has an account is nobody's business.
   * @throws AccountError `registration_closed`, `weak_password`, `username_taken`, `hashing_busy`.
   */
  async register(input: RegistrationInput, origin: Origin): Promise<User> {
    const { mode, recorder } = this.deps;
    if (mode !== 'open') throw new AccountError('registration_closed', CLOSED[mode]);
    checkPassword(input.password, 'password');
    const { username, email, full_name = null, password } = input;
    const user: NewUser = {
      profile: { username, email, full_name },
      password,
      role: 'user',
      mustChangePassword: false,
    };
    const by = { kind: 'anonymous' } as const;
    try {
      return presentUser(await this.create(user, by, origin));
    } catch (error) {
      if (!(error instanceof UnitRefused)) throw error;
      // Stored like a success, so that it also takes as long.
      const { decoy, event } = this.describe(user, by, origin);
      await recorder.record({ ...event, success: false, code: error.code });
      if (error.code === 'email_taken') return presentUser(decoy);
      throw new AccountError('username_taken', 'This user name is taken: choose another.', {
        problems: [{ path: 'username', message: 'is taken' }],
      });
    }
  }

  /** The administrator, where there is one. */
  async admin(): Promise<Account | undefined> {
    const [row] = await this.deps.writer.read(firstAdmin, {});
    return row && accountOf(this.deps.keys, row);
  }

  /**
   * Makes the administrator. With `mustChange`, the password is only good for choosing another one.
   * @throws AccountError `weak_password`; UnitRefused `username_taken`.
   */
  async createAdmin(username: string, password: string, mustChange: boolean): Promise<Account> {
    checkPassword(password, 'password');
    // Registration takes no address without a dot in its domain: nobody can have come first.
    const profile = { username, email: `${username}@localhost`, full_name: null };
    const user: NewUser = { profile, password, role: 'admin', mustChangePassword: mustChange };
    await this.create(user, { kind: 'system' }, NO_REQUEST);
    return (await this.admin())!;
  }

  /** One unit: the names are still free, the namespace, the account, and the events of both. */
  private async create(user: NewUser, by: AuditActor, origin: Origin) {
    const { writer, keys, recorder, namespaces, hasher } = this.deps;
    const passwordHash = await hasher.hash(user.password);
    const { decoy, event } = this.describe(user, by, origin);
    const { username, email } = user.profile;
    const namespace = namespaces.creation(username, { actor: by, ...traced(origin) });
    const account = { ...decoy, namespace: { id: 0, publicId: namespace.publicId } };
    const digests = {
      username: keyedDigest(keys.digest, usernameKey(username)),
      email: keyedDigest(keys.digest, emailKey(email)),
    };
    const insert = insertAccount.bind({
      ...digests,
      publicId: account.publicId,
      namespace: namespace.publicId,
      profile: sealProfile(keys, account.publicId, user.profile),
      passwordHash,
      role: user.role,
      mustChangePassword: Number(user.mustChangePassword),
      at: account.createdAt,
    });
    await writer.commit({
      steps: [
        { ...usernameFree.bind({ digest: digests.username }), otherwise: 'username_taken' },
        { ...emailFree.bind({ digest: digests.email }), otherwise: 'email_taken' },
        ...namespace.steps,
        insert,
      ],
      leaves: [
        ...namespace.leaves,
        recorder.leaf({ ...event, namespace: namespace.publicId, success: true }),
      ],
    });
    return account;
  }

  /** A new user with ids of its own, and the event that tells of it. */
  private describe({ profile, role, mustChangePassword }: NewUser, actor: AuditActor, origin: Origin) {
    const at = this.deps.now();
    const decoy = {
      ...profile,
      publicId: newId(),
      namespace: { id: 0, publicId: newId() },
      role,
      active: true,
      verified: false,
      mustChangePassword,
      createdAt: at,
      lastLoginAt: null,
    };
    const event: Omit<AuditEvent, 'success'> = {
      ...traced(origin, { username: profile.username }),
      type: 'user.created',
      time: at,
      actor,
      resource: { type: 'account', ids: [decoy.publicId] },
    };
    return { decoy, event };
  }
}
