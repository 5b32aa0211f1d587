import { isAddressOfKubernetes } from './names.ts';
import type { Environment, Given } from './sources.ts';

/** Names that other memory services' settings have, by the setting that each stands for where that one is absent. */
const ALIASES = {
  AUTH_TOKEN: 'MEMHOLD_AUTH_TOKEN',
  SERVER_HOST: 'MEMHOLD_HOST',
  SERVER_PORT: 'MEMHOLD_PORT',
} as const;

/** Understood, and without an effect in this version: nothing here calls a model. */
const WITHOUT_EFFECT = ['OPENAI_API_KEY', 'MODEL_NAME', 'MEM0_PROVIDER'] as const;

/** Many programs read `DEBUG`, also as a list of what to debug: only a plain yes is one for this service. */
const YES = /^(?:1|true|yes|on)$/i;

/**
 * The settings found in the environment under the names that they have elsewhere, by their name here; and a notice of
 * those that change nothing. A notice names settings and never holds a value.
 */
export function readAliases(
  env: Environment,
  cwd: string,
): { aliases: Map<string, Given>; notices: string[] } {
  const aliases = new Map<string, Given>();
  const give = (setting: string, name: string, value: string) =>
    aliases.set(setting, { name, value, base: cwd, file: undefined });
  for (const [name, setting] of Object.entries(ALIASES)) {
    const value = env[name];
    if (value === undefined || (name !== 'AUTH_TOKEN' && isAddressOfKubernetes(value))) continue;
    give(setting, name, value);
  }
  if (YES.test(env.DEBUG ?? '')) give('MEMHOLD_LOG_LEVEL', 'DEBUG', 'debug');

  const idle = WITHOUT_EFFECT.filter((name) => env[name]);
  if (idle.length === 0) return { aliases, notices: [] };
  const verb = idle.length === 1 ? 'has' : 'have';
  const notice = `${idle.join(', ')} ${verb} no effect in this version: it calls no model, and memories are stored as given`;
  return { aliases, notices: [notice] };
}
