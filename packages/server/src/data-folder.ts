import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config.ts';
import type { KeySource } from './encryption/keyring.ts';

/** The files of one installation. Secrets lie beside the data folder, so that a copy of the folder opens nothing. */
export interface DataFolder {
  folder: string;
  database: string;
  keyring: string;
  keySource: KeySource;
  adminPasswordFile: string;
  apiKeyFile: string;
  /** Mails of a server without SMTP: they hold links that let people in. */
  outbox: string;
}

export function dataFolder(config: Pick<Config, 'dataDir' | 'keyFile' | 'passphrase'>): DataFolder {
  const { dataDir, keyFile, passphrase } = config;
  return {
    folder: dataDir,
    database: join(dataDir, 'memhold.db'),
    keyring: join(dataDir, 'keyring.json'),
    keySource: passphrase === undefined ? { keyFile: keyFile! } : { passphrase },
    adminPasswordFile: `${dataDir}.admin-password`,
    apiKeyFile: `${dataDir}.api-key`,
    outbox: `${dataDir}.outbox`,
  };
}

/** What a secret file of this installation holds; undefined when it is not there, or empty. */
export function readSecret(path: string): string | undefined {
  return (existsSync(path) && readFileSync(path, 'utf8').trim()) || undefined;
}
