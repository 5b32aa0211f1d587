import { resolve } from 'node:path';
import type { ProfileName } from '@memhold/scanner/checklist';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { withAccessOptions } from '../access.ts';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';
import { judging } from '../judging.ts';
import { serverEvidence } from '../server-evidence.ts';
import { scannerSurroundings } from './scan.ts';

interface ChecklistFlags {
  profile: ProfileName;
  format?: 'text' | 'json' | 'markdown';
  json?: true;
  offline?: true;
}

export const profileOption = () =>
  new Option('--profile <name>', 'what the environment asks for')
    .choices(['development', 'staging', 'production'])
    .default('production');

export function registerChecklist(program: Command, context: Context): void {
  const command = withAccessOptions(
    program
      .command('checklist')
      .description('judge a repository and a server before a deployment, by what can be seen of them')
      .argument('[folder]', 'the repository', '.'),
  )
    .addOption(profileOption())
    .option('--repository-only', 'there is no server: its part does not apply')
    .option('--offline', 'ask no registry about dependencies')
    .option('--format <format>', 'text, json or markdown (default: text)', formatOf)
    .option('--json', 'the same as --format json')
    .action((folder: string, _flags, self: Command) =>
      judging(context, 'the checklist', () => checklist(context, self, resolve(folder))),
    );
  withExamples(
    command,
    'memhold checklist',
    'memhold checklist --profile development --repository-only',
    'MEMHOLD_TOKEN=… memhold checklist --profile staging --url https://memory.example.org --format markdown',
  );
  command.addHelpText(
    'after',
    '\nEnds with 0 (all that applies passes), 1 (something fails) or 2 (something could not be judged).',
  );
}

async function checklist(context: Context, self: Command, folder: string): Promise<void> {
  const { profile, format, json, offline = false } = self.optsWithGlobals<ChecklistFlags>();
  if (json && format !== undefined && format !== 'json')
    self.error('error: --json and --format name two formats: keep one');
  const [scanner, { installedWatchers }] = await Promise.all([
    import('@memhold/scanner/checklist'),
    import('@memhold/scanner/schedules'),
  ]);
  const server = await serverEvidence(context, self);
  const watchers = installedWatchers(folder, context.env);
  const surroundings = scannerSurroundings(context);
  const list = await scanner.runChecklist({ profile, folder, offline, watchers, server }, surroundings);
  const kind = json ? 'json' : format;
  if (kind === 'json') context.out(JSON.stringify(scanner.checklistJson(list), null, 2));
  else if (kind === 'markdown') context.out(scanner.checklistMarkdown(list));
  else context.out(scanner.checklistText(list, context.colours));
  context.exitCode = list.exitCode;
}

function formatOf(text: string): ChecklistFlags['format'] {
  if (text === 'text' || text === 'json' || text === 'markdown') return text;
  throw new InvalidArgumentError('It is text, json or markdown.');
}
