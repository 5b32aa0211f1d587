import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';
import { change } from '../mcp/change.ts';
import { entryIn, withEntry, withoutEntry } from '../mcp/config-edit.ts';
import { type ConfigFile, dropBackup, readBackup, readConfig } from '../mcp/config-file.ts';
import type { McpHost } from '../mcp/hosts.ts';
import { fileOf, HOST_ARGUMENT, type HostFlags, hostNamed, PROJECT } from './mcp-install.ts';

export function registerMcpUninstall(mcp: Command, context: Context): void {
  const command = mcp
    .command('uninstall')
    .description('undo `memhold mcp install`: only its own change, whatever else was changed since')
    .argument('<host>', HOST_ARGUMENT, hostNamed)
    .option(...PROJECT)
    .option('--yes', 'do not ask')
    .action((host: McpHost, _flags, self: Command) => uninstall(context, self, host));
  withExamples(command, 'memhold mcp uninstall claude-code', 'memhold mcp uninstall vscode --project');
}

async function uninstall(context: Context, self: Command, host: McpHost): Promise<void> {
  const flags = self.optsWithGlobals<HostFlags>();
  const path = fileOf(host, flags, context);
  const file = readConfig(path);
  if (file.text === undefined || entryIn(file.text, host.key) === undefined) {
    context.out(`${host.title} does not know Memhold: ${path} stays as it is.`);
    return;
  }
  const next = before(file, host);
  if (!(await change(context, file, next, { yes: flags.yes === true, before: () => undefined }))) return;
  dropBackup(file.path);
  context.out(`${host.title} does not know Memhold any more.`);
}

/** The very bytes from before where nothing else was changed since; undefined where there was no file. */
function before({ path, text = '' }: ConfigFile, { key }: McpHost): string | undefined {
  const entry = entryIn(text, key) as object;
  const kept = readBackup(path);
  // One that knows Memhold is none from before: somebody put it there.
  const backup = kept !== undefined && entryIn(kept, key) === undefined ? kept : undefined;
  if (backup !== undefined && withEntry(backup, key, entry) === text) return backup;
  if (kept === undefined && withEntry('', key, entry) === text) return undefined;
  return withoutEntry(text, key);
}
