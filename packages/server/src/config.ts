import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { inspect } from 'node:util';
import { readAliases } from './config/aliases.ts';
import { checkTogether } from './config/checks.ts';
import { type Definition, defaults, definitions, notYet, type Settings } from './config/settings.ts';
import { type Environment, type Given, readEnvironment, readFile, settingsFile } from './config/sources.ts';
import { isLoopback } from './config/values.ts';

export type { Settings } from './config/settings.ts';

/** The parsed settings. Printing it in any way shows `***` in the place of secrets. Frozen. */
export interface Config extends Settings {
  /** The settings file that was read, if any. */
  readonly configFile: string | undefined;
  /** What a person should know of what was given, for a start: names without an effect. */
  readonly notices: readonly string[] | undefined;
  /** A plain object of all settings that have a value, secrets as `***`. */
  safeDump(): Record<string, unknown>;
  toJSON(): Record<string, unknown>;
  toString(): string;
}

/** The settings cannot be used. `problems` has one message each, naming the setting and the fix, never a secret. */
export class ConfigError extends Error {
  readonly code = 'invalid_configuration';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    const [first = 'the settings cannot be used'] = problems;
    super(
      problems.length <= 1
        ? first
        : `${problems.length} settings problems:\n${problems.map((p) => `- ${p}`).join('\n')}`,
    );
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

export interface LoadOptions {
  /** Default: the environment of this process. */
  readonly env?: Environment;
  /** Settings file; default `MEMHOLD_CONFIG`, else memhold.yaml in `cwd` when it is there. */
  readonly file?: string | undefined;
  /** Folder that relative paths start from (those in a file start from the file's own). Default: the process's. */
  readonly cwd?: string;
}

/**
 * Reads and checks all settings; the environment wins over the file. The only reader of `process.env` here.
 * @throws {ConfigError} with every problem found, not only the first.
 */
export function loadConfig({ env = process.env, file, cwd = process.cwd() }: LoadOptions = {}): Config {
  const problems: string[] = [];
  const configFile = settingsFile(atHome(file ?? env.MEMHOLD_CONFIG, env), cwd);
  const fromFile = configFile === undefined ? new Map<string, Given>() : readFile(configFile, problems);
  const fromEnvironment = readEnvironment(env, cwd, problems);
  const { aliases, notices } = readAliases(env, cwd);
  const given = new Map([...aliases, ...fromFile, ...fromEnvironment]);

  const values: Partial<Settings> = {};
  const usable: Partial<Settings> = { ...defaults };
  for (const [setting, definition] of Object.entries(definitions) as [keyof Settings, Definition<never>][]) {
    const entry = given.get(definition.env);
    if (entry === undefined) continue;
    const value = parse(definition, entry, env, problems);
    Object.assign(usable, { [setting]: value });
    if (value !== undefined) Object.assign(values, { [setting]: value });
  }
  for (const [name, what] of Object.entries(notYet)) {
    const entry = given.get(name);
    if (entry !== undefined) problems.push(`${what} is not available in this version: remove ${entry.name}`);
  }
  problems.push(...checkTogether(usable, given));
  const dataDir = values.dataDir ?? (problems.length === 0 ? defaultDataDir(env, cwd, problems) : '');
  if (problems.length > 0) throw new ConfigError(problems);
  return masked({
    ...complete({ ...values, dataDir }),
    configFile,
    notices: notices.length > 0 ? Object.freeze(notices) : undefined,
  });
}

/** One setting's value, or undefined after telling `problems` what is wrong with it. */
function parse<T>(
  definition: Definition<T>,
  given: Given,
  env: Environment,
  problems: string[],
): T | string | undefined {
  const { name, value, base } = given;
  if (value === '' && definition.kind !== 'list') {
    problems.push(`${name} is empty: give it a value or remove it`);
    return undefined;
  }
  const result = definition.accepts.safeParse(value);
  if (result.success) {
    return definition.kind === 'path' ? resolve(base, atHome(String(result.data), env)) : result.data;
  }
  const entry = result.error.issues[0]?.path[0];
  problems.push(
    `${name} must ${definition.must}${typeof entry === 'number' ? ` (entry ${entry + 1} is not)` : ''}`,
  );
  return undefined;
}

/** Settings files and service managers do not expand `~` as a shell does. */
function atHome<T extends string | undefined>(path: T, env: Environment): T | string {
  if (path === undefined || !/^~(?:[/\\]|$)/.test(path)) return path;
  return join(env.HOME || env.USERPROFILE || homedir(), path.slice(1));
}

function defaultDataDir(env: Environment, cwd: string, problems: string[]): string {
  try {
    return resolve(cwd, atHome(defaults.dataDir, env));
  } catch {
    problems.push('MEMHOLD_DATA_DIR has no default, because this user has no home folder: set it');
    return '';
  }
}

function complete(values: Partial<Settings> & { dataDir: string }): Settings {
  const host = values.host ?? defaults.host;
  return {
    ...defaults,
    passphrase: undefined,
    adminPassword: undefined,
    jwtSecret: undefined,
    authToken: undefined,
    tlsCert: undefined,
    tlsKey: undefined,
    tlsClientCa: undefined,
    tlsClientCertHeader: undefined,
    publicUrl: undefined,
    smtpUrl: undefined,
    mailFrom: undefined,
    auditWitnessFile: undefined,
    auditWitnessUrl: undefined,
    auditWitnessToken: undefined,
    auditStreamToken: undefined,
    alertWebhook: undefined,
    alertSecret: undefined,
    alertEmail: undefined,
    emailVerification: values.smtpUrl === undefined ? 'optional' : 'required',
    keyFile: values.passphrase === undefined ? `${values.dataDir}.key` : undefined,
    // Behind a proxy, loopback is not just this machine.
    registration: isLoopback(host) && !values.trustedProxies?.length ? 'open' : 'invite',
    webhookAddresses: isLoopback(host) && !values.trustedProxies?.length ? 'private' : 'public',
    ...values,
  };
}

/**
 * Adds the masking methods. They are own and enumerable, so that a copy made by spreading masks as well
 * (and a copy sent to a worker thread fails loudly instead of carrying the secrets along).
 */
function masked(settings: Settings & Pick<Config, 'configFile' | 'notices'>): Config {
  return Object.freeze({
    ...settings,
    corsOrigins: Object.freeze([...settings.corsOrigins]),
    trustedProxies: Object.freeze([...settings.trustedProxies]),
    trustedProbes: Object.freeze([...settings.trustedProbes]),
    safeDump,
    toJSON: safeDump,
    toString() {
      return `Config ${JSON.stringify(this)}`;
    },
    [inspect.custom](_depth: number, options: object, format: typeof inspect) {
      return `Config ${format(safeDump.call(this), options)}`;
    },
  });
}

function safeDump(this: object): Record<string, unknown> {
  const shown = Object.entries(this).filter(
    ([, value]) => value !== undefined && typeof value !== 'function',
  );
  return Object.fromEntries(shown.map(([name, value]) => [name, isSecret(name) ? '***' : value]));
}

function isSecret(name: string): boolean {
  return Object.hasOwn(definitions, name) && definitions[name as keyof Settings].kind === 'secret';
}
