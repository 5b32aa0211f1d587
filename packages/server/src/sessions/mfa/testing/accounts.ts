import { generateSync } from 'otplib';
import type { Actor } from '../../../access/actor.ts';
import { ROLE_PERMISSIONS } from '../../../access/permissions.ts';
import type { AuditEvent } from '../../../audit/entry.ts';
import { createRecorder } from '../../../audit/recorder.ts';
import { inProcessWriter } from '../../../database/testing/in-process-writer.ts';
import { randomBytes } from '../../../encryption/randomness.ts';
import { dataKey } from '../../../encryption/seal.ts';
import type { ServerKeys } from '../../../encryption/server-keys.ts';
import { newId } from '../../../ids.ts';
import { Lockout } from '../../../limits/lockout.ts';
import { MfaError } from '../errors.ts';
import { type MfaDeps, MfaService } from '../service.ts';

export const PASSWORD = 'SecurePass123';
/** Tries to confirm that an account has here. */
export const TRIES = 5;

const GUARD = `select 1 from sessions join accounts on accounts.id = account_id
  where sessions.id = ? and revoked_at is null and is_active = 1`;
const NOTICE =
  "insert into mail_queue (public_id, sealed, attempts, next_at, created_at) values (?, x'00', 0, 0, 0)";

/** The code that an app with this secret (base32) shows at `at`, in epoch milliseconds. */
export function codeAt(secret: string, at: number): string {
  return generateSync({ secret, epoch: Math.floor(at / 1000) });
}

/** The service on a real database, with accounts that are logged in and a clock to turn. */
export async function mfaAccounts() {
  const writer = await inProcessWriter();
  const { db } = writer;
  const keys: ServerKeys = {
    records: dataKey(randomBytes(32)),
    digest: randomBytes(32),
    tokenSecret: randomBytes(32),
  };
  const clock = { at: Date.parse('2026-11-21T12:00:00Z') };
  const recorder = createRecorder(writer, keys.records);

  const lockout = () =>
    new Lockout({ writer, digestKey: keys.digest, now: () => clock.at, maxFailures: TRIES, minutes: 15 });
  const service = (other: Partial<MfaDeps> = {}): MfaService => {
    const limits = lockout();
    const mfa: MfaService = new MfaService({
      writer,
      keys,
      recorder,
      now: () => clock.at,
      async proveAgain(actor, { password, code }) {
        if (password !== PASSWORD)
          throw Object.assign(new Error('The password is wrong.'), { code: 'invalid_credentials' });
        const steps = await mfa.proof(actor.account, code ?? '');
        if (!steps) throw new MfaError('code_invalid');
        return steps;
      },
      attempt: (actor, { client }) =>
        limits.reserve({ what: 'code', account: actor.account.publicId, ip: client.ip }),
      changed() {},
      notify: async (row, what) => [{ sql: NOTICE, parameters: [`${what} ${row} ${newId()}`] }],
      nameOf: async (row) => `user ${row}@example.com`,
      ...other,
    });
    return mfa;
  };

  return {
    writer,
    db,
    keys,
    clock,
    mfa: service(),
    /** Another process on the same database, perhaps with other rooms around it. */
    service,
    /** An account that has just logged in. */
    account(): Actor {
      const publicId = newId();
      const session = newId();
      const namespace = db
        .prepare('insert into namespaces (public_id, name_sealed, settings, created_at) values (?, ?, ?, ?)')
        .run(publicId, randomBytes(8), '{}', clock.at).lastInsertRowid;
      const row = db
        .prepare(
          `insert into accounts (public_id, namespace_id, username_digest, email_digest, profile_sealed,
           password_hash, role, is_active, is_verified, must_change_password, epoch, created_at)
           values (?, ?, ?, ?, ?, 'hash', 'user', 1, 0, 0, 1, ?)`,
        )
        .run(publicId, namespace, randomBytes(32), randomBytes(32), randomBytes(8), clock.at).lastInsertRowid;
      db.prepare(
        `insert into sessions (id, root, account_id, namespace_id, client_sealed, created_at, refreshed_at, proved_at,
         with_mfa, expires_at) values (?, ?, ?, ?, ?, 0, 0, 0, 0, ?)`,
      ).run(session, session, row, namespace, randomBytes(8), clock.at + 3_600_000);
      return {
        kind: 'account',
        id: publicId,
        account: { row: Number(row), publicId },
        namespace: { id: Number(namespace), publicId },
        auditReads: 'durable',
        role: 'user',
        permissions: new Set(ROLE_PERMISSIONS.user),
        session,
        guard: { sql: GUARD, parameters: [session], otherwise: 'stale_authorization' },
      };
    },
    /** Notices that were stored, such as `on 1`. */
    notices: () =>
      (db.prepare('select public_id from mail_queue order by id').all() as { public_id: string }[]).map(
        ({ public_id }) => public_id.split(' ').slice(0, 2).join(' '),
      ),
    events: () =>
      writer.leaves.map(({ skeleton }) => JSON.parse(Buffer.from(skeleton).toString()) as AuditEvent),
    /** Every value of every row, and of the audit log. */
    atRest(): Buffer {
      const tables = db
        .prepare("select name from sqlite_master where type = 'table'")
        .pluck()
        .all() as string[];
      const rows = tables.flatMap(
        (table) => db.prepare(`select * from "${table}"`).raw().all() as unknown[][],
      );
      const leaves = writer.leaves.flatMap(({ skeleton, privateSealed }) => [skeleton, privateSealed ?? '']);
      return Buffer.concat(
        [...rows.flat(), ...leaves].map((value) =>
          value instanceof Uint8Array ? Buffer.from(value) : Buffer.from(String(value)),
        ),
      );
    },
    close: () => writer.close(),
  };
}
export type MfaAccounts = Awaited<ReturnType<typeof mfaAccounts>>;

/** Enrols and confirms: the secret and the recovery codes. The step of the clock is used up. */
export async function enrolled({ mfa, clock }: MfaAccounts, actor: Actor) {
  const { secret } = await mfa.enrol(actor);
  const { recovery_codes } = await mfa.confirm(actor, codeAt(secret, clock.at), { client: {} });
  return { secret, codes: recovery_codes };
}
