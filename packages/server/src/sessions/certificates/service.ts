import type { Actor, Authorized } from '../../access/actor.ts';
import { KEY_PERMISSIONS, permissionsOf, ROLES } from '../../access/permissions.ts';
import type { AccountService } from '../../accounts/service.ts';
import type { Recorder } from '../../audit/recorder.ts';
import { UnitRefused } from '../../database/errors.ts';
import type { WriterClient } from '../../database/writer-client.ts';
import { keyedDigest } from '../../encryption/digest.ts';
import { open, seal } from '../../encryption/seal.ts';
import type { ServerKeys } from '../../encryption/server-keys.ts';
import { auditActor, type Origin, traced } from '../../http/origin.ts';
import { newId } from '../../ids.ts';
import { namespaceSettings } from '../../namespaces/settings.ts';
import type { CredentialCache, Identity } from '../credential-cache.ts';
import { TokenRefused } from '../tokens.ts';
import { CertificateError } from './errors.ts';
import {
  accountOfCertificate,
  certificateFree,
  certificateStands,
  certificatesOf,
  deleteCertificate,
  insertCertificate,
} from './store.ts';

/** What came of looking for a client certificate: see http/client-certificate.ts. */
export type PresentedCertificate =
  | { kind: 'none' }
  | { kind: 'refused'; reason: 'certificate' }
  | { kind: 'certificate'; names: readonly string[]; fingerprint: string; notAfter: number };

/** A name of client certificates that stand for an account. */
export interface CertificateName {
  id: string;
  name: string;
  /** ISO 8601. */
  created_at: string;
}

export interface CertificateDeps {
  writer: Pick<WriterClient, 'read' | 'commit'>;
  keys: ServerKeys;
  recorder: Recorder;
  accounts: Pick<AccountService, 'byPublicId'>;
  cache: Pick<CredentialCache, 'forgetAccount'>;
  now: () => number;
}

const address = (id: string) => ({ namespace: 0, table: 'certificate_names', row: id, field: 'name' });

/** Client certificates: which subject alternative name stands for which account. */
export class CertificateService {
  private readonly deps: CertificateDeps;

  constructor(deps: CertificateDeps) {
    this.deps = deps;
  }

  /**
   * Who a certificate that was verified stands for. It may do what an API key may, within the account's role: there
   * is nobody to show a password again.
   * @throws TokenRefused `certificate` when none or several accounts are named
   */
  async verify({ names, notAfter }: PresentedCertificate & { kind: 'certificate' }): Promise<Identity> {
    const { writer } = this.deps;
    const found = await Promise.all(
      names.map((name) => writer.read(accountOfCertificate, { digest: this.digestOf(name) })),
    );
    const rows = found.flat();
    const [row] = rows;
    const role = ROLES.find((known) => known === row?.role);
    if (!row || !role || rows.some(({ account }) => account !== row.account))
      throw new TokenRefused('certificate');
    if (row.is_active !== 1) throw new TokenRefused('stale');
    const allowed = permissionsOf(role, 'own');
    const actor: Actor = {
      kind: 'certificate',
      id: row.public_id,
      account: { row: row.account, publicId: row.account_public_id },
      namespace: { id: row.namespace, publicId: row.namespace_public_id },
      auditReads: namespaceSettings(row.namespace_settings).audit_reads,
      role,
      permissions: new Set(KEY_PERMISSIONS.filter((permission) => allowed.has(permission))),
      ...(role === 'admin' ? {} : { boundTo: { user_id: row.account_public_id } }),
      guard: {
        ...certificateStands.bind({ id: row.public_id, epoch: row.epoch }),
        otherwise: 'stale_authorization',
      },
    };
    return { actor: Object.freeze(actor), expiresAt: notAfter };
  }

  /**
   * @param name a subject alternative name as `DNS:agent.example.org`, `URI:spiffe://…`, `email:…` or `IP:…`
   * @throws CertificateError `not_found`, `certificate_taken`
   */
  async add(
    actor: Authorized<'users:manage'>,
    user: string,
    name: string,
    origin: Origin,
  ): Promise<CertificateName> {
    const { writer, keys, recorder, now } = this.deps;
    const account = await this.accountOf(user);
    const id = newId();
    const digest = this.digestOf(name);
    const at = now();
    const sealed = seal(keys.records, address(id), Buffer.from(name));
    const leaf = recorder.leaf({
      ...this.event(actor, user, id, at, origin),
      type: 'user.certificate.added',
    });
    try {
      await writer.commit({
        steps: [
          actor.guard,
          { ...certificateFree.bind({ digest }), otherwise: 'certificate_taken' },
          insertCertificate.bind({ digest, id, account: account.row, name: sealed, at }),
        ],
        leaves: [leaf],
      });
    } catch (error) {
      const taken = error instanceof UnitRefused && error.code === 'certificate_taken';
      throw taken ? new CertificateError('certificate_taken') : error;
    }
    return { id, name, created_at: new Date(at).toISOString() };
  }

  async list(_actor: Authorized<'users:manage'>, user: string): Promise<CertificateName[]> {
    const { writer, keys } = this.deps;
    const account = await this.accountOf(user);
    const rows = await writer.read(certificatesOf, { account: account.row });
    return rows.map((row) => ({
      id: row.public_id,
      name: open(keys.records, address(row.public_id), row.name_sealed).toString(),
      created_at: new Date(row.created_at).toISOString(),
    }));
  }

  /** @throws CertificateError `not_found` */
  async remove(actor: Authorized<'users:manage'>, user: string, id: string, origin: Origin): Promise<void> {
    const { writer, recorder, cache, now } = this.deps;
    const account = await this.accountOf(user);
    const leaf = recorder.leaf({
      ...this.event(actor, user, id, now(), origin),
      type: 'user.certificate.removed',
    });
    const step = deleteCertificate.bind({ id, account: account.row });
    try {
      await writer.commit({ steps: [actor.guard, { ...step, otherwise: 'not_found' }], leaves: [leaf] });
    } catch (error) {
      throw error instanceof UnitRefused && error.code === 'not_found'
        ? new CertificateError('not_found')
        : error;
    } finally {
      cache.forgetAccount(account.row);
    }
  }

  private async accountOf(user: string) {
    const account = await this.deps.accounts.byPublicId(user);
    if (!account) throw new CertificateError('not_found');
    return account;
  }

  private digestOf(name: string): Buffer {
    return keyedDigest(this.deps.keys.digest, `certificate:${name}`);
  }

  private event(actor: Actor, user: string, id: string, time: number, origin: Origin) {
    return {
      ...traced(origin),
      time,
      actor: auditActor(actor),
      namespace: actor.namespace.publicId,
      resource: { type: 'certificate_name', ids: [id, user] },
      success: true,
    };
  }
}
