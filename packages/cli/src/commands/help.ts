import type { Command } from 'commander';
import { withExamples } from '../examples.ts';

/** Commander's own help command knows only the first level: `memhold help audit verify` would explain `audit`. */
export function registerHelp(program: Command): void {
  const command = program
    .helpCommand(false)
    .command('help')
    .description('explain a command')
    .argument('[command...]', 'command to explain')
    .action((names: string[], _flags, self: Command) => {
      let found = program;
      for (const name of names) {
        const next = found.commands.find((candidate) => candidate.name() === name);
        if (next === undefined) self.error(`error: unknown command '${names.join(' ')}'`);
        else found = next;
      }
      found.help();
    });
  withExamples(command, 'memhold help', 'memhold help audit verify');
}
