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
  };
}

/** The ready API key of a folder, where `init` or the first start has left one. */
export function readApiKey({ apiKeyFile }: DataFolder): string | undefined {
  return existsSync(apiKeyFile) ? readFileSync(apiKeyFile, 'utf8').trim() : undefined;
}
