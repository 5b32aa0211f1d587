// The sources of this repository and what they import, read as text: for tests of their structure.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { ROOT } from './server-process.ts';

/** One import or re-export of a file. */
export interface Import {
  /** As written. */
  from: string;
  /** Path from the repository's root, for relative ones; else undefined. */
  file: string | undefined;
  /** A type-only import leaves nothing at run time. */
  typeOnly: boolean;
  names: string;
}
export interface Source {
  /** Path from the repository's root, with slashes. */
  path: string;
  text: string;
  imports: Import[];
}

const STATEMENT =
  /^\s*(?:import|export)\s(type\s)?([^'"`;]*?)from\s+'([^']+)'|\bimport\(\s*'([^']+)'|^\s*import\s+'([^']+)'/gm;
const slashed = (path: string) => path.split(sep).join('/');

function read(path: string): Source {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const imports = [...text.matchAll(STATEMENT)].map(([, type, names = '', a, b, c]): Import => {
    const from = (a ?? b ?? c)!;
    const file = from.startsWith('.')
      ? slashed(relative(ROOT, resolve(ROOT, dirname(path), from)))
      : undefined;
    return { from, file, typeOnly: type !== undefined, names };
  });
  return { path, text, imports };
}

export const packages = ['scanner', 'client', 'cli', 'server'];
function below(folder: string): Source[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => read(slashed(join(folder, file))));
}

export const everything: Source[] = packages.flatMap((name) => below(`packages/${name}/src`));
export const tests: Source[] = below('tests');
/** What is shipped: tests and what only tests use may look everywhere. */
export const sources = everything.filter(({ path }) => !/\.(test|cases|fixture)\.ts$|\/testing\//.test(path));

export const packageOf = (path: string) => /^packages\/([^/]+)\//.exec(path)?.[1];
/** The room of the server that a file lies in; undefined for the files beside the rooms. */
export const room = (path: string) => /^packages\/server\/src\/([^/]+)\//.exec(path)?.[1];
