import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';
import { type SettingFlags, settingsFrom } from '../settings.ts';

export function registerServe(program: Command, context: Context): void {
  const command = program
    .command('serve')
    .description('run the service until it is stopped (Ctrl-C)')
    .option('--host <address>', 'address to listen on, in place of MEMHOLD_HOST')
    .option('--port <number>', 'port to listen on, in place of MEMHOLD_PORT; 0 picks a free one')
    .action((_flags, self: Command) => serve(context, self.optsWithGlobals<SettingFlags>()));
  withExamples(
    command,
    'memhold serve',
    'memhold serve --port 0 --data-dir ./data',
    'memhold serve --host 0.0.0.0     # needs MEMHOLD_TLS_CERT and _KEY, or MEMHOLD_TRUSTED_PROXIES',
  );
}

async function serve(context: Context, flags: SettingFlags): Promise<void> {
  const config = await settingsFrom(context, flags);
  const { startServer } = await context.server();
  // Heard from here on, so that a stop during the start closes what was opened.
  const stop = context.stopRequested();
  const server = await startServer(config, (line) => context.out(line));
  for (const notice of server.notices) context.out(notice);
  context.out(`memhold listening on ${server.url}`);
  const failure = await Promise.race([stop, server.died]);
  await server.close();
  // A supervisor restarts a process that ended with an error; one that hangs on half dead helps nobody.
  if (failure instanceof Error) throw failure;
}
