import { parseArgs } from 'node:util';
import { type ScanFlags, type ScanOption, scanOptions } from './flags.ts';

export type Parsed<Flags> =
  | { readonly problem: string }
  | {
      readonly paths: readonly string[];
      readonly flags: Flags;
      readonly isHelp: boolean;
      readonly isVersion: boolean;
    };

/** Parses a command line of `scan`. */
export const parseScanArguments = (argv: readonly string[]) => parseArguments<ScanFlags>(scanOptions, argv);

/** Parses a command line with these options. */
export function parseArguments<Flags>(known: readonly ScanOption[], argv: readonly string[]): Parsed<Flags> {
  const names = known.map(({ flag, isRepeatable = false }) => {
    const [, name, value] = /^--([a-z-]+)( <)?/.exec(flag)!;
    return {
      name: name!,
      type: value === undefined ? ('boolean' as const) : ('string' as const),
      multiple: isRepeatable,
    };
  });
  const options = {
    help: { type: 'boolean' as const, short: 'h' },
    version: { type: 'boolean' as const, short: 'V' },
    ...Object.fromEntries(names.map(({ name, type, multiple }) => [name, { type, multiple }])),
  };
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options,
      allowPositionals: true,
      strict: true,
    });
    const flags: Record<string, unknown> = {};
    for (const { name } of names) {
      const value = (values as Record<string, unknown>)[name];
      if (value === undefined) continue;
      if (name.startsWith('no-')) flags[name.slice(3)] = false;
      else flags[name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())] = value;
    }
    return {
      paths: positionals,
      flags: flags as Flags,
      isHelp: values.help === true,
      isVersion: values.version === true,
    };
  } catch (error) {
    const { message } = error as Error;
    // The first sentence says what is wrong; what follows is about positional arguments.
    return { problem: message.split(/\. |\n/)[0]! };
  }
}
