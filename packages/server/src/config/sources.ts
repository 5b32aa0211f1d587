import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { classify, envOfFileKey, nearest } from './names.ts';

const MAX_FILE_BYTES = 1024 * 1024;
const KEY = /^[\w.-]{1,64}$/;

/** One setting as somebody gave it. */
export interface Given {
  /** The name as it was written: `MEMHOLD_PORT`, or `port (in /etc/memhold.yaml)`. */
  readonly name: string;
  readonly value: unknown;
  /** Folder that a relative path starts from. */
  readonly base: string;
  /** The file that it stands in; undefined for the environment. */
  readonly file: string | undefined;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** The settings found in the environment, by their name there; unknown names go to `problems`. */
export function readEnvironment(env: Environment, cwd: string, problems: string[]): Map<string, Given> {
  const given = new Map<string, Given>();
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined) continue;
    const kind = classify(name, value);
    if (kind === 'setting') given.set(name, { name, value, base: cwd, file: undefined });
    if (kind === 'unknown') {
      problems.push(
        `${name} is not a setting: did you mean ${nearest(name, 'environment')}? Correct or remove it`,
      );
    }
  }
  return given;
}

/** The settings found in a YAML file, by their name in the environment. Problems never quote the file's text. */
export function readFile(path: string, problems: string[]): Map<string, Given> {
  const given = new Map<string, Given>();
  let source: string;
  try {
    if (statSync(path).size > MAX_FILE_BYTES) {
      problems.push(`${path} is larger than 1 MiB: is it the right settings file?`);
      return given;
    }
    source = readFileSync(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'error';
    problems.push(`${path} cannot be read (${code}): correct MEMHOLD_CONFIG, or make the file readable`);
    return given;
  }
  const root = parseYaml(source, path, problems);
  if (root instanceof Map) flatten(root, '', path, given, problems);
  else if (root !== undefined) problems.push(`${path} must hold settings as "name: value" lines`);
  return given;
}

/** Scalars stay text (the failsafe schema), so that both sources are parsed by the same rules. */
function parseYaml(source: string, path: string, problems: string[]): unknown {
  const lines = new LineCounter();
  // Pretty messages quote the source, which may hold a passphrase.
  const document = parseDocument(source, {
    schema: 'failsafe',
    prettyErrors: false,
    lineCounter: lines,
    logLevel: 'silent',
  });
  const complaints = [...document.errors, ...document.warnings];
  for (const complaint of complaints) {
    const { line, col } = lines.linePos(complaint.pos[0]);
    problems.push(
      `${path} is not valid YAML at line ${line}, column ${col} (${complaint.code}): correct it there`,
    );
  }
  if (complaints.length > 0) return undefined;
  try {
    return document.toJS({ mapAsMap: true, maxAliasCount: 0 }) ?? undefined;
  } catch {
    problems.push(`${path} uses YAML aliases (*name): write the values out`);
    return undefined;
  }
}

function flatten(
  map: ReadonlyMap<unknown, unknown>,
  prefix: string,
  path: string,
  given: Map<string, Given>,
  problems: string[],
): void {
  for (const [part, value] of map) {
    const key = `${prefix}${String(part)}`;
    if (!KEY.test(key)) {
      // A value that lost its colon stands here as a key: it may be a secret, so it is not repeated.
      problems.push(
        `${path} has an entry under "${prefix}" that is not a setting's name: correct or remove it`,
      );
      continue;
    }
    const env = envOfFileKey(key);
    const name = `${key} (in ${path})`;
    if (env !== undefined) {
      if (given.has(env)) problems.push(`${name} is given twice: keep one`);
      given.set(env, { name, value, base: dirname(path), file: path });
    } else if (value instanceof Map && value.size > 0) {
      flatten(value, `${key}.`, path, given, problems);
    } else {
      problems.push(`${name} is not a setting: did you mean ${nearest(key, 'file')}? Correct or remove it`);
    }
  }
}

/** The settings file to read: the one that was named, or memhold.yaml in the working folder when it is there. */
export function settingsFile(named: string | undefined, cwd: string): string | undefined {
  if (named !== undefined && named !== '') return resolve(cwd, named);
  const usual = resolve(cwd, 'memhold.yaml');
  return existsSync(usual) ? usual : undefined;
}
