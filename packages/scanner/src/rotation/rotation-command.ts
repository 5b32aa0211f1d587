import { parseArguments } from '../command/parse.ts';
import type { Surroundings } from '../command/surroundings.ts';
import { printable } from '../reports/presentable.ts';
import { checklistsFor, guides, rulesNamed } from './checklist.ts';
import { checklistData, checklistMarkdown } from './markdown.ts';
import { type RotationFlags, rotationDescription, rotationExamples, rotationOptions } from './options.ts';

/** More is a list to choose from. */
const mostLists = 10;

/**
 * Prints checklists.
 * @param names ids of rules, or words in the names of providers
 * @returns 0: printed; 2: nothing is named so, or too much
 */
export async function runRotation(
  names: readonly string[],
  flags: RotationFlags,
  { out, err, tool }: Surroundings,
): Promise<number> {
  if (flags.list === true) {
    const providers = guides.map(({ provider, rules }) => ({ provider, rules }));
    await out(
      flags.json === true
        ? `${JSON.stringify({ providers }, null, 2)}\n`
        : `${providers.map(({ provider, rules }) => `${provider}: ${rules.join(', ')}`).join('\n')}\n`,
    );
    return 0;
  }
  const refuse = (why: string) => {
    err(`${tool.name}: ${printable(why)}`);
    return 2;
  };
  if (names.length === 0)
    return refuse(`rotation takes the rule of a finding, or a provider: ${tool.name} rotation --list`);
  const ids: string[] = [];
  for (const name of names) {
    const found = rulesNamed(name);
    if (found.length === 0)
      return refuse(
        `no rule and no provider is named ${name}: ${tool.name} rotation --list; a folder of this name is ./rotation`,
      );
    const most = found.length > mostLists ? `, and ${found.length - mostLists} more` : '';
    if (found.length > mostLists)
      return refuse(`${name} fits ${found.slice(0, mostLists).join(', ')}${most}: name one`);
    ids.push(...found);
  }
  const lists = checklistsFor(ids);
  await out(
    flags.json === true
      ? `${JSON.stringify({ checklists: lists.map(checklistData) }, null, 2)}\n`
      : lists.map(checklistMarkdown).join('\n'),
  );
  return 0;
}

/** Runs what was typed after `rotation`. */
export async function rotationMain(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  const { err, out, tool } = surroundings;
  const parsed = parseArguments<RotationFlags>(rotationOptions, argv);
  if ('problem' in parsed) {
    err(`${tool.name}: ${printable(parsed.problem)} — see ${tool.name} rotation --help`);
    return 2;
  }
  if (!parsed.isHelp) return runRotation(parsed.paths, parsed.flags, surroundings);
  const width = Math.max(...rotationOptions.map(({ flag }) => flag.length));
  await out(
    [
      `Usage: ${tool.name} rotation [options] <rule or provider...>`,
      '',
      `Prints ${rotationDescription}.`,
      '',
      'Options:',
      ...rotationOptions.map(({ flag, description }) => `  ${flag.padEnd(width)}  ${description}`),
      '',
      'Examples:',
      ...rotationExamples.map((example) => `  ${tool.name} ${example}`),
      '',
    ].join('\n'),
  );
  return 0;
}
