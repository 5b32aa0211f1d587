import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { readSettingsText } from '../files/read-settings-text.ts';
import { InvalidConfiguration } from '../files/settings-shape.ts';
import { allowedWord, endMarker, marker, sharedLines } from './hook-script.ts';
import { findKey, insertLines, isBlank, removeLines } from './yaml-block.ts';

/** A program that runs the hooks of a project as a file of settings says. */
export interface Manager {
  readonly name: 'lefthook' | 'pre-commit';
  /** What makes git run it in a clone. */
  readonly installCommand: string;
  /** Names of its settings, from the top of the work tree. Those that are no YAML are not edited. */
  readonly files: readonly string[];
  /** A file of ours that its settings name: path from the top, and content. */
  readonly script?: { readonly path: string; readonly text: string };
  /** What a person puts into settings that are not edited, in the format of the file. */
  toPaste(file: string): string;
  /** What it does not hand over, for whoever installs it. */
  readonly caveat?: string;
  /** Whether an entry is there, written by us or by hand. */
  hasEntry(text: string): boolean;
  /** The settings with our entry, or undefined where that is not clear. */
  withEntry(text: string): Edit | undefined;
  /** The settings without it, or undefined where it is not there as we wrote it. */
  withoutEntry(text: string): string | undefined;
}

interface Edit {
  readonly text: string;
  /** Takes our entry out of the value that the new text has: the rest must be what was there. */
  taken(value: unknown): unknown;
}

const framed = (lines: readonly string[]) => [marker, ...lines, endMarker];

const script = { runner: 'sh', use_stdin: true };
const scriptLines = ['memhold:', '  runner: sh', '  use_stdin: true'];
const under = (key: string, lines: readonly string[]) => [`${key}:`, ...lines.map((line) => `  ${line}`)];
/** By what is there already: below `scripts`, below `pre-push`, or nowhere. */
const inScripts = framed(scriptLines);
const inHook = framed(under('scripts', scriptLines));
const atTop = framed(under('pre-push', under('scripts', scriptLines)));

/**
 * lefthook.dev/configuration. A script, because commands and jobs of a push are skipped where it changes no file: a key in a
 * message, a tag, or a commit whose change a later one takes back. Scripts run always, and get git's arguments as they are.
 */
export const lefthook: Manager = {
  name: 'lefthook',
  installCommand: 'lefthook install',
  files: ['', '.', '.config/'].flatMap((before) =>
    ['lefthook', 'lefthook-local'].flatMap((name) =>
      ['yml', 'yaml', 'toml', 'json', 'jsonc'].map((ending) => `${before}${name}.${ending}`),
    ),
  ),
  script: { path: '.lefthook/pre-push/memhold', text: `#!/bin/sh\n${sharedLines}` },
  toPaste(file) {
    if (/\.jsonc?$/.test(file))
      return JSON.stringify({ 'pre-push': { scripts: { memhold: script } } }, null, 2);
    if (file.endsWith('.toml')) return '[pre-push.scripts.memhold]\nrunner = "sh"\nuse_stdin = true';
    return atTop.join('\n');
  },
  hasEntry: (text) =>
    text.includes(marker) ||
    /^(?![ \t]*(?:#|\/\/)).*"memhold"\s*:\s*\{\s*"runner"|^[ \t]*\[?[ \t]*pre-push\.scripts\.["']?memhold\b/m.test(
      text,
    ),
  withEntry(text) {
    // The script would have to lie somewhere else.
    if (/^source_dir/m.test(text)) return undefined;
    const hook = findKey(text, 'pre-push');
    if (hook === 'unclear') return undefined;
    const scripts = hook && findKey(text, 'scripts', hook);
    if (scripts === 'unclear') return undefined;
    const taken = (value: unknown) => {
      const { 'pre-push': ofHook, ...others } = value as Record<string, Record<string, unknown>>;
      const { scripts: ofScripts, ...rest } = ofHook as Record<string, Record<string, unknown>>;
      const { memhold, ...more } = ofScripts!;
      if (!isDeepStrictEqual(memhold, script)) return undefined;
      if (scripts !== undefined) return { ...others, 'pre-push': { ...rest, scripts: orNull(more) } };
      return hook === undefined ? others : { ...others, 'pre-push': orNull(rest) };
    };
    if (scripts !== undefined)
      return { text: insertLines(text, scripts.after, inScripts, scripts.childIndent), taken };
    if (hook !== undefined) return { text: insertLines(text, hook.after, inHook, hook.childIndent), taken };
    return { text: insertLines(text, text.length, atTop, ''), taken };
  },
  withoutEntry: (text) =>
    removeLines(text, atTop) ?? removeLines(text, inHook) ?? removeLines(text, inScripts),
};

/** A key without anything below it is null. */
const orNull = (value: object) => (Object.keys(value).length === 0 ? null : value);

const call = `[ "$(npx --no-install memhold hook pre-push </dev/null)" = "${allowedWord}" ]`;
const repository = {
  repo: 'local',
  hooks: [
    {
      id: 'memhold',
      name: 'memhold',
      entry: `sh -c '${call}'`,
      language: 'system',
      stages: ['pre-push'],
      always_run: true,
      pass_filenames: false,
    },
  ],
};
const inRepos = framed([
  '- repo: local',
  '  hooks:',
  '    - id: memhold',
  '      name: memhold',
  // A quote inside of quotes is two.
  `      entry: 'sh -c ''${call}'''`,
  '      language: system',
  '      stages: [pre-push]',
  '      always_run: true',
  '      pass_filenames: false',
]);

/** pre-commit.com, "Adding pre-commit plugins to your project", "pre-commit during push". */
export const preCommit: Manager = {
  name: 'pre-commit',
  installCommand: 'pre-commit install --hook-type pre-push',
  files: ['.pre-commit-config.yaml'],
  toPaste: () => ['repos:', ...inRepos.map((line) => `  ${line}`)].join('\n'),
  hasEntry: (text) => text.includes(marker) || /^[ \t]*(?:- )?id: *memhold(?:-push)?[ \t\r]*$/m.test(text),
  caveat:
    'pre-commit does not hand over what is pushed, so everything that the remote lacks is looked at; and it runs nothing where a push brings no commits, as of a tag or a name.',
  withEntry(text) {
    const repos = findKey(text, 'repos');
    if (repos === undefined || repos === 'unclear') return undefined;
    const taken = (value: unknown) => {
      const { repos: list, ...others } = value as { repos: unknown[] };
      const [first, ...rest] = list;
      if (!isDeepStrictEqual(first, repository)) return undefined;
      return { ...others, repos: rest.length === 0 ? null : rest };
    };
    return { text: insertLines(text, repos.after, inRepos, repos.childIndent), taken };
  },
  withoutEntry: (text) => removeLines(text, inRepos),
};

/** The settings of a manager that are there, from the top of the work tree. */
export function settingsOf({ files }: Manager, top: string): string[] {
  return files.filter((name) => lstatSync(join(top, name), { throwIfNoEntry: false }) !== undefined);
}

/** The settings with our entry, and nothing else changed; undefined where that cannot be told. */
export async function entered({ withEntry }: Manager, text: string): Promise<string | undefined> {
  try {
    const edit = withEntry(text);
    if (edit === undefined) return undefined;
    const rest = edit.taken(await readSettingsText(edit.text, 'yaml'));
    return isDeepStrictEqual(rest, await parsed(text)) ? edit.text : undefined;
  } catch (error) {
    if (error instanceof InvalidConfiguration || error instanceof TypeError) return undefined;
    throw error;
  }
}

/** What lefthook makes first has comments only. */
async function parsed(text: string): Promise<unknown> {
  return text.split('\n').every(isBlank) ? {} : readSettingsText(text, 'yaml');
}
