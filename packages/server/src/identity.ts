import type { Actor } from './access/actor.ts';
import { EmailFlows } from './accounts/email/service.ts';
import { Invitations } from './accounts/invitations/service.ts';
import { OneTimeTokens } from './accounts/one-time-tokens.ts';
import type { PasswordHasher } from './accounts/passwords.ts';
import { Registration } from './accounts/registration.ts';
import { AccountService } from './accounts/service.ts';
import { Users } from './accounts/users/service.ts';
import { ApiKeyService } from './api-keys/service.ts';
import { KeyUpkeep } from './api-keys/upkeep.ts';
import type { Recorder } from './audit/recorder.ts';
import type { Config } from './config.ts';
import type { WriterClient } from './database/writer-client.ts';
import type { ServerKeys } from './encryption/server-keys.ts';
import { Lockout } from './limits/lockout.ts';
import { RateLimits } from './limits/rate-limits.ts';
import { mfaChanged } from './mail/messages.ts';
import { MailService } from './mail/service.ts';
import type { MailTransport } from './mail/transports.ts';
import { NamespaceErasure } from './namespaces/erasure.ts';
import { Members } from './namespaces/members.ts';
import { NamespaceService } from './namespaces/service.ts';
import { createAuthenticate } from './sessions/authenticate.ts';
import { CertificateService } from './sessions/certificates/service.ts';
import { CredentialCache } from './sessions/credential-cache.ts';
import { Issuer } from './sessions/issue.ts';
import { LoginService } from './sessions/login.ts';
import { MfaService, type ProveAgain } from './sessions/mfa/service.ts';
import { operatorOf } from './sessions/operator.ts';
import { OwnPassword } from './sessions/own-password.ts';
import { Prover } from './sessions/proof.ts';
import { SessionService } from './sessions/service.ts';
import { TokenKeys } from './sessions/token-keys/service.ts';
import { AccessTokens } from './sessions/tokens.ts';
import { SignatureService } from './signatures/service.ts';

export interface IdentityDeps {
  writer: Pick<WriterClient, 'commit' | 'read'>;
  keys: ServerKeys;
  recorder: Recorder;
  config: Pick<
    Config,
    | 'registration'
    | 'emailVerification'
    | 'maxAuthFailures'
    | 'authLockoutMinutes'
    | 'sessionDays'
    | 'accessTokenMinutes'
    | 'jwtAlgorithm'
    | 'rateLimits'
    | 'auditReads'
  >;
  hasher: PasswordHasher;
  transport: MailTransport;
  /** Address under which people reach the service, for links in mails. */
  publicUrl(): string;
  now: () => number;
}

/** Where the cache of credentials keeps the operator: no header can hold this text. */
const OPERATOR = '\0operator';

export type Identity = Awaited<ReturnType<typeof identityServices>>;

/** Everything that says who somebody is and what they may do, wired together. The second part of main.ts. */
export async function identityServices(deps: IdentityDeps) {
  const { config, keys, publicUrl, writer, now } = deps;
  const cache = new CredentialCache();
  const forgetAccount = (account: number) => cache.forgetAccount(account);
  const limits = new RateLimits({ enabled: config.rateLimits, now });
  const lockout = new Lockout({
    writer,
    digestKey: keys.digest,
    now,
    maxFailures: config.maxAuthFailures,
    minutes: config.authLockoutMinutes,
  });
  const mail = new MailService(deps);
  const oneTimeTokens = new OneTimeTokens(deps);

  const defaults = { audit_reads: config.auditReads, require_mfa: false, require_signatures: false };
  const namespaces = new NamespaceService({ ...deps, defaults, forgetAll: () => cache.forgetAll() });
  const accountDeps = { ...deps, lockout, emailVerification: config.emailVerification };
  const accounts = new AccountService(accountDeps);

  const tokenKeys =
    config.jwtAlgorithm === 'EdDSA'
      ? new TokenKeys({ ...deps, accessTokenMinutes: config.accessTokenMinutes })
      : undefined;
  await tokenKeys?.load();
  const tokens = new AccessTokens({
    signing: tokenKeys
      ? { algorithm: 'EdDSA', keys: tokenKeys }
      : { algorithm: 'HS256', secret: keys.tokenSecret },
    minutes: config.accessTokenMinutes,
    now,
  });
  const issuer = new Issuer({ ...deps, tokens, sessionDays: config.sessionDays });
  const endEpoch = (id: number) => accounts.endTokens(id);
  const sessions = new SessionService({ ...deps, issuer, cache, advanceEpoch: endEpoch });
  const proveAgain: ProveAgain = async (actor, input, origin) =>
    (await prover.again(actor, input, origin)).steps;
  const mfa: MfaService = new MfaService({
    ...deps,
    proveAgain,
    attempt: (actor, origin) =>
      lockout.reserve({ what: 'code', account: actor.account.publicId, ip: origin.client.ip }),
    async notify(row, what) {
      const { username, email: to } = await accounts.byRow(row);
      return mail.queue({ to, ...mfaChanged({ username, what, time: now() }) });
    },
    changed(row) {
      cache.forgetAccount(row);
      mail.wake();
    },
    nameOf: async (row) => (await accounts.byRow(row)).username,
  });
  const prover = new Prover({ ...deps, accounts, mfa, lockout });
  const logins = new LoginService({
    ...deps,
    accounts,
    prover,
    namespaces,
    oneTimeTokens,
    mfa,
    lockout,
    mail,
    issuer,
  });
  const ownPassword = new OwnPassword({
    ...deps,
    accounts,
    prover,
    issuer,
    mail,
    cache,
    endInvitations: (id) => invitations.endOf(id),
  });

  const apiKeys = new ApiKeyService({ ...deps, forgetKey: (id) => cache.forgetKey(id) });
  const members: Members = new Members({
    ...deps,
    accounts,
    forgetAccount,
    emailVerification: config.emailVerification,
    endIn: (id, namespace, at) => [...sessions.endIn(id, namespace, at), invitations.endIn(id, namespace)],
    endKeys: (id, namespace, at) => [apiKeys.endOf(id, at, namespace)],
  });
  const invitations: Invitations = new Invitations({
    ...deps,
    accounts,
    namespaces,
    members,
    mail,
    limits,
    publicUrl,
  });
  const email = new EmailFlows({
    ...deps,
    accounts,
    oneTimeTokens,
    lockout,
    mail,
    publicUrl,
    forgetAccount,
    endSessions: (id, at) => [...sessions.endAll(id, at), invitations.endOf(id)],
    disown: (id, at) => [...mfa.removal(id), apiKeys.endOf(id, at)],
    proveAgain,
  });
  const registration = new Registration({
    ...accountDeps,
    namespaces,
    invitations,
    email,
    mail,
    limits,
    mode: config.registration,
  });
  const namespaceErasure = new NamespaceErasure(deps);
  const users = new Users({
    ...deps,
    accounts,
    registration,
    forgetAccount,
    endSessions: (id, at) => [...sessions.endAll(id, at), invitations.endOf(id)],
    withoutMfa: (id) => mfa.removal(id),
    emailVerification: config.emailVerification,
    async erasure(account, by) {
      const deserted = await members.deserted(account);
      const erasures = await Promise.all(deserted.map((one) => namespaceErasure.of(one, by)));
      return {
        steps: [...deserted.map(({ step }) => step), ...erasures.flatMap(({ steps }) => steps)],
        leaves: erasures.flatMap(({ leaves }) => leaves),
      };
    },
    emptied: (namespace) => namespaces.removal(namespace),
    forgotten: (publicId) => lockout.forget(publicId),
    endResets: (id) => oneTimeTokens.end('reset-password', id),
  });

  const certificates = new CertificateService({ ...deps, accounts, cache });
  const signatures = new SignatureService({ writer, digestKey: keys.digest, now });
  const upkeep = new KeyUpkeep({ ...deps, accounts, mail });
  const authenticate = createAuthenticate({
    ...deps,
    tokens,
    apiKeys,
    certificates,
    signatures,
    cache,
    limits,
  });

  return {
    accounts,
    registration,
    users,
    invitations,
    email,
    logins,
    ownPassword,
    sessions,
    mfa,
    tokenKeys,
    apiKeys,
    certificates,
    namespaces,
    members,
    lockout,
    limits,
    mail,
    cache,
    authenticate,
    /** Somebody at the machine itself: acts as the first administrator, under a name of its own in the log. */
    async operator(): Promise<Actor> {
      const proved = async () => ({ actor: operatorOf(await registration.admin()), expiresAt: Infinity });
      return (cache.get(OPERATOR, now()) ?? (await cache.prove(OPERATOR, now(), proved))).actor;
    },
    /** What ends by itself, and what its owner is told of before. */
    async sweep(): Promise<void> {
      const parts = [sessions, oneTimeTokens, invitations, users, lockout];
      const work = [...parts.map((part) => () => part.sweep()), () => upkeep.run()];
      const failed: unknown[] = [];
      // One after another, and each by itself: one that fails keeps none of the others from its turn.
      for (const run of work) await run().catch((error: unknown) => failed.push(error));
      if (failed.length > 0) throw new AggregateError(failed, 'not everything could be swept');
    },
  };
}
