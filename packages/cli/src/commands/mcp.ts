import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { type AccessFlags, withAccessOptions } from '../access.ts';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';
import { UsageFailure } from '../failure.ts';
import { Bridge } from '../mcp/bridge.ts';
import { type Door, localDoor, remoteDoor } from '../mcp/door.ts';
import { settingsFrom } from '../settings.ts';
import { registerMcpInstall } from './mcp-install.ts';
import { registerMcpUninstall } from './mcp-uninstall.ts';

interface McpFlags extends AccessFlags {
  user?: string;
}

/** A host that ended waits for nothing: what cannot be closed by then is left to the system. */
const CLOSE_MS = 15_000;

export function registerMcp(program: Command, context: Context): void {
  const command = withAccessOptions(
    program
      .command('mcp')
      .description('serve MCP on standard input and output, for the host that started it')
      .option(
        '--user <name>',
        'whose memories are meant where nobody is named; default: the name of your login',
      ),
  ).action((_flags, self: Command) => serveMcp(context, self));
  withExamples(
    command,
    'memhold mcp install claude-code      # and cursor, vscode: hosts start it by themselves',
    'memhold mcp --user ada',
    'MEMHOLD_TOKEN=… memhold mcp --url https://memory.example.org',
  );
  registerMcpInstall(command, context);
  registerMcpUninstall(command, context);
}

async function serveMcp(context: Context, self: Command): Promise<void> {
  const flags = self.optsWithGlobals<McpFlags>();
  const stop = new AbortController();
  void context.stopRequested().then(() => stop.abort());
  const defaultUser = userOf(flags);
  const door = flags.url === undefined ? await local(context, self, flags) : remote(context, self, flags);
  const bridge = new Bridge({
    input: context.stdin,
    output: context.stdout,
    door,
    defaultUser,
    stop: stop.signal,
  });
  let failure: Error | undefined;
  void door.died.then((error) => {
    failure = error;
    stop.abort();
  });
  await bridge.run();
  await atMost(CLOSE_MS, door.close());
  if (failure) throw failure;
}

async function local(context: Context, self: Command, flags: McpFlags): Promise<Door> {
  if (flags.token !== undefined)
    self.error('error: --token is for a server: name it with --url, or leave the token out');
  const config = await settingsFrom(context, flags);
  return localDoor(await context.server(), config, context.err);
}

function remote(context: Context, self: Command, { url, token, dataDir }: McpFlags): Door {
  if (dataDir !== undefined) self.error('error: --url and --data-dir name two stores: keep one');
  const given = (token ?? context.env.MEMHOLD_TOKEN)?.trim();
  if (!given) self.error('error: --url needs an API key or access token: set MEMHOLD_TOKEN, or give --token');
  return remoteDoor(url!, given!);
}

function userOf({ user }: McpFlags): string {
  const name = (user ?? loginName()).trim();
  if (name.length >= 1 && name.length <= 128) return name;
  throw new UsageFailure('bad_user', '--user must have 1 to 128 characters');
}

/** Of a user that the system has no name for, as in some containers: `user`. */
function loginName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'user';
  }
}

async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([promise, work]);
  clearTimeout(timer);
}
