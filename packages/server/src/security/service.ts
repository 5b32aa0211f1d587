import { existsSync, realpathSync, statSync } from 'node:fs';
import { relative, sep } from 'node:path';
import type { z } from 'zod';
import type { Authorized } from '../access/actor.ts';
import { PASSWORD_COST, SHORTEST_PASSWORD } from '../accounts/passwords.ts';
import type { SinkState } from '../audit/sink-runner.ts';
import { isLoopback } from '../config/values.ts';
import type { Config } from '../config.ts';
import { dataFolder } from '../data-folder.ts';
import type { WriterClient } from '../database/writer-client.ts';
import type { HealthService } from '../health/service.ts';
import type { securityEvidence } from './answers.ts';
import {
  accountCounts,
  countKeysInUse,
  keysInUse,
  logKeySince,
  newestCheckpoint,
  passwordHashes,
  tokenKeySince,
} from './store.ts';

export interface SecurityDeps {
  writer: Pick<WriterClient, 'read'>;
  config: Config;
  health: Pick<HealthService, 'readiness' | 'dependencies'>;
  /** Whether a stored hash costs less than a new one. */
  isOlderHash(stored: string): boolean;
  /** Events of the audit log. */
  logSize(): number;
  sinkStates(): Promise<readonly SinkState[]>;
  now(): number;
}

export type SecurityEvidence = z.output<typeof securityEvidence>;

const IDLE_MS = 90 * 86_400_000;
const MOST_KEYS = 1000;
const HASHES = 500;

const timeOf = (at: number | null | undefined) => (at == null ? null : new Date(at).toISOString());

/** What an administrator can show of this server to whoever asks how it is secured. */
export class SecurityService {
  private readonly deps: SecurityDeps;

  constructor(deps: SecurityDeps) {
    this.deps = deps;
  }

  async evidence(_: Authorized<'audit:read'>): Promise<SecurityEvidence> {
    const { config, health, now } = this.deps;
    const [{ status }, accounts, sessions, api_keys, audit] = await Promise.all([
      health.readiness(),
      this.accounts(),
      this.sessions(),
      this.keys(),
      this.audit(),
    ]);
    return {
      time: new Date(now()).toISOString(),
      version: health.dependencies.version,
      status,
      accounts,
      passwords: {
        min_length: SHORTEST_PASSWORD,
        common_refused: true,
        algorithm: 'argon2id',
        memory_kib: PASSWORD_COST.memoryCost,
        passes: PASSWORD_COST.timeCost,
        lanes: PASSWORD_COST.parallelism,
        max_failures: config.maxAuthFailures,
        lockout_minutes: config.authLockoutMinutes,
      },
      sessions,
      api_keys,
      audit,
      encryption: this.encryption(),
      transport: {
        loopback: isLoopback(config.host),
        tls: config.tlsCert !== undefined,
        trusted_proxies: [...config.trustedProxies],
      },
      defaults: {
        registration: config.registration,
        cors_origins: [...config.corsOrigins],
        rate_limits: config.rateLimits,
        log_level: config.logLevel,
        webhook_addresses: config.webhookAddresses,
        first_password_file: existsSync(dataFolder(config).adminPasswordFile),
      },
    };
  }

  private async accounts(): Promise<SecurityEvidence['accounts']> {
    const { writer, isOlderHash, now } = this.deps;
    const [counts] = await writer.read(accountCounts, { idleBefore: now() - IDLE_MS });
    let older_hashes = 0;
    for (let after = 0; ; ) {
      const rows = await writer.read(passwordHashes, { after, limit: HASHES });
      older_hashes += rows.filter(({ password_hash }) => isOlderHash(password_hash)).length;
      if (rows.length < HASHES) return { ...counts!, older_hashes };
      after = rows.at(-1)!.id;
    }
  }

  private async sessions(): Promise<SecurityEvidence['sessions']> {
    const { writer, config } = this.deps;
    const isPair = config.jwtAlgorithm === 'EdDSA';
    const [key] = isPair ? await writer.read(tokenKeySince, {}) : [];
    return {
      access_token_minutes: config.accessTokenMinutes,
      session_days: config.sessionDays,
      algorithm: config.jwtAlgorithm,
      key_since: timeOf(key?.at),
    };
  }

  private async keys(): Promise<SecurityEvidence['api_keys']> {
    const { writer, now } = this.deps;
    const [rows, [all]] = await Promise.all([
      writer.read(keysInUse, { now: now(), limit: MOST_KEYS }),
      writer.read(countKeysInUse, { now: now() }),
    ]);
    const listed = rows.map((row) => ({
      id: row.public_id,
      permissions: JSON.parse(row.permissions) as string[],
      bound: row.entities !== null,
      secret_since: timeOf(row.rotated_at ?? row.created_at)!,
      expires_at: timeOf(row.expires_at),
      last_used_at: timeOf(row.last_used_at),
      rotate_after_days: row.rotate_after_days,
    }));
    return { total: all!.total, listed };
  }

  private async audit(): Promise<SecurityEvidence['audit']> {
    const { writer, config, sinkStates } = this.deps;
    const [[key], [newest], sinks] = await Promise.all([
      writer.read(logKeySince, {}),
      writer.read(newestCheckpoint, {}),
      sinkStates(),
    ]);
    return {
      log_size: this.deps.logSize(),
      key_since: timeOf(key?.rotated_at ?? key?.first_at),
      checkpoint: newest === undefined ? null : { size: newest.size, time: timeOf(newest.created_at)! },
      outside_witness: config.auditWitnessFile !== undefined || config.auditWitnessUrl !== undefined,
      sinks: sinks.map(({ what, name, healthy, behind }) => ({ what, name, healthy, behind })),
      alerts: config.alertWebhook !== undefined || config.alertEmail !== undefined,
    };
  }

  private encryption(): SecurityEvidence['encryption'] {
    const { config, health } = this.deps;
    const { folder, keySource } = dataFolder(config);
    const { page_encryption: pages = false, field_encryption: fields = false } = health.dependencies.features;
    const both = { pages, fields };
    if (!('keyFile' in keySource))
      return { ...both, key_source: 'passphrase', key_file_mode: null, key_file_inside_data_folder: false };
    const { mode } = statSync(keySource.keyFile);
    return {
      ...both,
      key_source: 'file',
      key_file_mode: process.platform === 'win32' ? null : (mode & 0o7777).toString(8).padStart(4, '0'),
      key_file_inside_data_folder: isInside(keySource.keyFile, folder),
    };
  }
}

/** Where the file really is: a link beside the folder into it would be a key in every copy of the folder. */
function isInside(file: string, folder: string): boolean {
  const path = relative(realpathSync(folder), realpathSync(file));
  return path !== '..' && !path.startsWith(`..${sep}`);
}
