import type { Config } from '@memhold/server';
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';
import { type SettingFlags, settingsFrom } from '../settings.ts';
import { mcpSnippet, mem0JavaScript, mem0Python } from '../snippets.ts';

type Initialised = Awaited<ReturnType<typeof import('@memhold/server').initialise>>;

export function registerInit(program: Command, context: Context): void {
  const command = program
    .command('init')
    .description('make the data folder, its key, an administrator and an API key, and show how to connect')
    .option('--json', 'print JSON')
    .action((_flags, self: Command) => init(context, self.optsWithGlobals<SettingFlags & { json?: true }>()));
  withExamples(command, 'memhold init', 'memhold init --data-dir ./data', 'memhold init --json');
}

async function init(context: Context, flags: SettingFlags & { json?: true }): Promise<void> {
  const config = await settingsFrom(context, flags);
  const { initialise } = await context.server();
  const made = await initialise(config);
  const url = addressOf(config);
  context.out(flags.json ? JSON.stringify({ ...made, url }) : report(made, url));
}

function report(made: Initialised, url: string): string {
  const { dataDir, keyFile, adminPasswordFile, apiKeyFile, apiKey, created } = made;
  const lines = [
    created
      ? `Memhold is set up in ${dataDir}`
      : `Memhold was set up in ${dataDir} before: nothing was changed`,
    '',
    keyFile === undefined
      ? '  key             made from your passphrase (without it the data cannot be read)'
      : `  key file        ${keyFile}  (without it the data cannot be read: keep a copy elsewhere)`,
    ...(adminPasswordFile === undefined ? [] : [`  admin password  in ${adminPasswordFile}`]),
    `  API key         in ${apiKeyFile}`,
    '',
    'Start it with: memhold serve',
    ...section('mem0 client, JavaScript:', mem0JavaScript(url, apiKey)),
    ...section('mem0 client, Python:', mem0Python(url, apiKey)),
    ...section('MCP host that connects to an address:', mcpSnippet(url, apiKey)),
    '',
    'MCP hosts that start a command: memhold mcp install claude-code (or cursor, vscode)',
  ];
  return lines.join('\n');
}

function section(title: string, code: string): string[] {
  return ['', title, '', ...code.split('\n').map((line) => `  ${line}`)];
}

/** The address that programs on this machine will use; a port of 0 is only known once the service runs. */
function addressOf({ host, port, tlsCert }: Config): string {
  const reachable =
    host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `${tlsCert === undefined ? 'http' : 'https'}://${reachable}:${port === 0 ? 8002 : port}`;
}
