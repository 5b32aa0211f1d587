import { dirname, resolve, sep } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';
import { change } from '../mcp/change.ts';
import { entryIn, withEntry } from '../mcp/config-edit.ts';
import { keepBackup, readConfig } from '../mcp/config-file.ts';
import { entryFor, HOSTS, type McpHost, type Wanted } from '../mcp/hosts.ts';
import { baseOf } from '../remote.ts';
import { type SettingFlags, settingsFrom } from '../settings.ts';

export interface HostFlags extends SettingFlags {
  project?: true;
  yes?: true;
}
interface InstallFlags extends HostFlags {
  url?: string;
  token?: string;
  user?: string;
}

export const HOST_ARGUMENT = `the MCP host: ${Object.keys(HOSTS).join(', ')}`;
export const PROJECT = [
  '--project',
  "the file of the project in this folder, in place of the user's",
] as const;

export function registerMcpInstall(mcp: Command, context: Context): void {
  const command = mcp
    .command('install')
    .description('tell an MCP host of Memhold: shows the change of its file, asks, and makes it')
    .argument('<host>', HOST_ARGUMENT, hostNamed)
    .option(...PROJECT)
    .option('--yes', 'do not ask')
    .action((host: McpHost, _flags, self: Command) => install(context, self, host));
  withExamples(
    command,
    'memhold mcp install claude-code',
    'memhold mcp install vscode --project --yes',
    'memhold mcp install cursor --url https://memory.example.org   # with the key in MEMHOLD_TOKEN of its environment',
    'memhold mcp uninstall claude-code',
  );
}

export function hostNamed(name: string): McpHost {
  if (Object.hasOwn(HOSTS, name)) return HOSTS[name]!;
  throw new InvalidArgumentError(`It is one of ${Object.keys(HOSTS).join(', ')}.`);
}

/** The file that the flags mean. */
export const fileOf = (host: McpHost, { project }: HostFlags, context: Context) =>
  project ? resolve(host.projectFile) : host.userFile(context.env);

async function install(context: Context, self: Command, host: McpHost): Promise<void> {
  const flags = self.optsWithGlobals<InstallFlags>();
  if (flags.token !== undefined)
    self.error('error: no token is written into a file: the host reads MEMHOLD_TOKEN of its environment');
  if (flags.url !== undefined && flags.dataDir !== undefined)
    self.error('error: --url and --data-dir name two stores: keep one');
  const path = fileOf(host, flags, context);
  const file = readConfig(path);
  const next = withEntry(file.text ?? '', host.key, entryFor(host, await wanted(context, flags)));
  if (next === file.text) {
    context.out(`${host.title} knows Memhold already: ${path} stays as it is.`);
    return;
  }
  const made = await change(context, file, next, {
    yes: flags.yes === true,
    // Of two changes in a row the first one's original counts: it has no entry of Memhold.
    before: () => entryIn(file.text ?? '', host.key) === undefined && keepBackup(file),
  });
  if (!made) return;
  const undo = `memhold mcp uninstall ${self.args[0]}${flags.project ? ' --project' : ''}`;
  context.out(`${host.title} knows Memhold from its next start. Undo it with: ${undo}`);
  if (flags.url !== undefined)
    context.out(`It sends the API key that MEMHOLD_TOKEN holds where ${host.title} is started.`);
}

async function wanted(context: Context, flags: InstallFlags): Promise<Wanted> {
  const { url, user, project } = flags;
  const asked = { ...(user !== undefined && { user }), passphrase: false, command: memholdCommand(project) };
  if (url !== undefined) return { ...asked, url: baseOf(url) };
  const { dataDir, keyFile, passphrase } = await settingsFrom(context, flags);
  // A project's file is for everybody who has the project: what is this machine's stays out unless it is asked for.
  if (project && flags.dataDir === undefined) return asked;
  return {
    ...asked,
    dataDir: resolve(dataDir),
    ...(keyFile !== undefined && keyFile !== `${dataDir}.key` && { keyFile: resolve(keyFile) }),
    passphrase: passphrase !== undefined,
  };
}

/** As this command itself was started, so that a host with another PATH finds it too. */
function memholdCommand(project: true | undefined): [string, ...string[]] {
  const script = process.argv[1] ?? '';
  if (script.includes(`${sep}_npx${sep}`)) return ['npx', '-y', 'memhold'];
  if (project || dirname(script) === '.') return ['memhold'];
  return [process.execPath, script];
}
