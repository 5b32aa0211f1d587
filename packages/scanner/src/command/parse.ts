import { parseArgs } from 'node:util';
import { type ScanFlags, scanOptions } from './flags.ts';

export type Parsed =
  | { readonly problem: string }
  | {
      readonly paths: readonly string[];
      readonly flags: ScanFlags;
      readonly isHelp: boolean;
      readonly isVersion: boolean;
    };

const names = scanOptions.map(({ flag }) => {
  const [, name, value] = /^--([a-z-]+)( <)?/.exec(flag)!;
  return { name: name!, type: value === undefined ? ('boolean' as const) : ('string' as const) };
});

/** Parses a command line. */
export function parseScanArguments(argv: readonly string[]): Parsed {
  const options = {
    help: { type: 'boolean' as const, short: 'h' },
    version: { type: 'boolean' as const, short: 'V' },
    ...Object.fromEntries(names.map(({ name, type }) => [name, { type }])),
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
      flags: flags as ScanFlags,
      isHelp: values.help === true,
      isVersion: values.version === true,
    };
  } catch (error) {
    const { message } = error as Error;
    // The first sentence says what is wrong; what follows is about positional arguments.
    return { problem: message.split(/\. |\n/)[0]! };
  }
}
