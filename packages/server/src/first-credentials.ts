import { rmSync } from 'node:fs';
import { isCommonPassword } from './accounts/common-passwords.ts';
import { randomPassword } from './accounts/passwords.ts';
import type { Settled } from './api-keys/service.ts';
import { isLoopback } from './config/values.ts';
import { type Config, ConfigError } from './config.ts';
import { type DataFolder, readSecret } from './data-folder.ts';
import { writeSecretFile } from './encryption/secret-file.ts';
import type { Identity } from './identity.ts';

/**
 * At every start of a server: the API key whose secret is the setting authToken, made, replaced or removed with it.
 * Returns what a person should know.
 */
export async function staticCredential(
  { authToken }: Pick<Config, 'authToken'>,
  { registration, apiKeys }: Pick<Identity, 'registration' | 'apiKeys'>,
): Promise<string[]> {
  const admin = await registration.admin();
  if (!admin) return [];
  const notice = OF_STATIC_KEY[await apiKeys.settleStatic(authToken, admin)];
  return notice === undefined ? [] : [notice];
}

/** Other programs have a setting of this name, too: nobody's memories are opened with it in silence. */
const NEW =
  "AUTH_TOKEN opens the administrator's memories from now on: `memhold keys list` shows it as auth-token";
const OF_STATIC_KEY: Partial<Record<Settled, string>> = {
  made: NEW,
  replaced: NEW,
  revoked: 'AUTH_TOKEN is the secret of a key that was revoked and stays so: set another one, or remove it',
  inactive:
    'AUTH_TOKEN opens nothing while the administrator that it was made for is not active: activate that account, or ' +
    "set another token for this administrator's memories",
};

/** At the first start: an administrator and an API key, each in a file that only its owner may read. */
export async function firstCredentials(
  config: Config,
  folder: DataFolder,
  { registration, apiKeys }: Pick<Identity, 'registration' | 'apiKeys'>,
): Promise<string[]> {
  if (await registration.admin()) return [];
  const notices: string[] = [];
  const { adminUsername: username, adminPassword: configured } = config;
  let password = configured ?? readSecret(folder.adminPasswordFile);
  if (password === undefined) {
    // Written before the account is made: a crash between leaves a file too many, not an account without a password.
    password = randomPassword();
    writeSecretFile(folder.adminPasswordFile, `${password}\n`);
  }
  if (configured !== undefined && isCommonPassword(configured)) {
    const words =
      'MEMHOLD_ADMIN_PASSWORD is among the most common passwords: choose a longer or less usual one';
    if (!isLoopback(config.host)) throw new ConfigError([words]);
    notices.push(words);
  }
  const admin = await registration.createAdmin(username, password, configured === undefined);
  if (configured === undefined)
    notices.push(`administrator "${username}": the first password is in ${folder.adminPasswordFile}`);
  // One that is there already belongs to a data folder that is gone.
  rmSync(folder.apiKeyFile, { force: true });
  writeSecretFile(folder.apiKeyFile, `${(await apiKeys.createFirstKey(admin)).key}\n`);
  notices.push(`a ready API key is in ${folder.apiKeyFile}`);
  return notices;
}
