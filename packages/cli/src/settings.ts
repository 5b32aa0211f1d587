import type { Config } from '@memhold/server';
import type { Context } from './context.ts';

/** Flags that stand for a setting. */
export interface SettingFlags {
  dataDir?: string;
  host?: string;
  port?: string;
}

const ENVIRONMENT_NAMES = {
  dataDir: ['MEMHOLD_DATA_DIR', '--data-dir'],
  host: ['MEMHOLD_HOST', '--host'],
  port: ['MEMHOLD_PORT', '--port'],
} as const;

/** The service's settings, flags winning over the environment. Problems with a flag name the flag. */
export async function settingsFrom(context: Context, flags: SettingFlags): Promise<Config> {
  const { loadConfig, ConfigError } = await context.server();
  const env = { ...context.env };
  const given: (readonly [string, string])[] = [];
  for (const [flag, names] of Object.entries(ENVIRONMENT_NAMES)) {
    const value = flags[flag as keyof SettingFlags];
    if (value === undefined) continue;
    env[names[0]] = value;
    given.push(names);
  }
  try {
    return loadConfig({ env });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError(error.problems.map((problem) => nameFlag(problem, given)));
  }
}

function nameFlag(problem: string, given: readonly (readonly [string, string])[]): string {
  const found = given.find(([env]) => problem.startsWith(`${env} `));
  return found === undefined ? problem : `${found[1]}${problem.slice(found[0].length)}`;
}
