import type { Command } from 'commander';

/** Ends a command's help with examples, and its usage errors with the way to that help. */
export function withExamples(command: Command, ...examples: readonly string[]): Command {
  const names: string[] = [];
  for (let part: Command | null = command; part !== null; part = part.parent) names.unshift(part.name());
  const path = names.join(' ');
  command.configureOutput({
    outputError: (message, write) => {
      const what = message
        .replace(/^error: /, '')
        .trim()
        .replace(/\.$/, '')
        .replaceAll('\n', ' ');
      write(`memhold: ${what} — see ${path} --help\n`);
    },
  });
  return command.addHelpText('after', `\nExamples:\n${examples.map((line) => `  ${line}`).join('\n')}`);
}
