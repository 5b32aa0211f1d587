import { type Dirent, lstatSync, readdirSync, type Stats } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { decode } from './decode.ts';
import { type IgnoreRules, isIgnored, parseIgnoreFile } from './ignore-rules.ts';
import type { SkipReason } from './place.ts';
import { readRegularFile } from './read-file.ts';

/** A file to read, or something that is left out. */
export interface Found {
  /** Absolute; bytes that are no UTF-8 show as U+FFFD. */
  readonly path: string;
  /** The name as bytes, where `path` could not open it. */
  readonly raw?: Buffer;
  readonly skip?: SkipReason;
}

export interface WalkOptions {
  /** Whether .gitignore files and .git/info/exclude are obeyed. What is named itself is never ignored. */
  readonly useIgnoreFiles: boolean;
}

type Kind = Pick<Dirent | Stats, 'isDirectory' | 'isFile' | 'isSymbolicLink'>;

/** What is passed over in a folder is missing where somebody asked for it. */
const ofNamed: { readonly [reason in SkipReason]?: SkipReason } = {
  'symbolic-link': 'named-link',
  'special-file': 'named-special-file',
};
const largestIgnoreFile = 1_000_000;
const slashed = (path: string) => (sep === '/' ? path : path.replaceAll(sep, '/'));

/**
 * Files at or below a path, sorted by name in each folder; links are never followed and `.git` is never entered.
 * Never throws: what cannot be listed comes as a skip.
 */
export function* walk(root: string, options: WalkOptions): Generator<Found> {
  const stat = statOf(root);
  const skip = typeof stat === 'string' ? stat : skipOf(stat);
  if (skip !== undefined) return yield { path: root, skip: ofNamed[skip] ?? skip };
  if (typeof stat !== 'string' && stat.isFile()) return yield { path: root };
  const layers = options.useIgnoreFiles ? layersAbove(root) : undefined;
  yield* walkFolder({ path: root }, layers);
}

interface Folder {
  readonly path: string;
  readonly raw?: Buffer;
}

function* walkFolder(root: Folder, rootLayers: readonly IgnoreRules[] | undefined): Generator<Found> {
  const open: { folder: Folder; layers: readonly IgnoreRules[] | undefined }[] = [
    { folder: root, layers: rootLayers },
  ];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { folder } = next;
    const entries = list(folder);
    if (entries === undefined) {
      yield { path: folder.path, skip: 'unreadable' };
      continue;
    }
    let { layers } = next;
    if (layers !== undefined && entries.some(({ name }) => name === '.gitignore')) {
      const own = readIgnoreFile(folder.path, join(folder.path, '.gitignore'));
      if (own === undefined) yield { path: join(folder.path, '.gitignore'), skip: 'ignore-file-too-large' };
      else layers = [...layers, own];
    }
    const folders: Folder[] = [];
    for (const { name, raw, kind } of entries) {
      if (name === '.git') continue;
      const path = join(folder.path, name);
      const place = raw === undefined ? { path } : { path, raw };
      const skip = skipOf(kind);
      if (layers !== undefined && isIgnored(layers, slashed(path), kind.isDirectory()))
        yield { path, skip: 'ignored' };
      else if (skip !== undefined) yield { path, skip };
      else if (kind.isDirectory()) folders.push(place);
      else yield { ...place };
    }
    for (const place of folders.reverse()) open.push({ folder: place, layers });
  }
}

interface Entry {
  readonly name: string;
  readonly raw?: Buffer;
  readonly kind: Kind;
}

function list({ path, raw }: Folder): Entry[] | undefined {
  try {
    const entries = readdirSync(raw ?? path, { withFileTypes: true });
    const isPlain = raw === undefined && !entries.some(({ name }) => name.includes('\ufffd'));
    const listed: Entry[] = isPlain
      ? entries.map((entry) => ({ name: entry.name, kind: entry }))
      : listRaw({ path, raw });
    return listed.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return undefined;
  }
}

/** Names that are no UTF-8 can be opened by their bytes only. */
function listRaw({ path, raw }: { path: string; raw: Buffer | undefined }): Entry[] {
  const folder = raw ?? Buffer.from(path);
  return readdirSync(folder, { withFileTypes: true, encoding: 'buffer' }).map((entry) => ({
    name: entry.name.toString('utf8'),
    raw: Buffer.concat([folder, Buffer.from(sep), entry.name]),
    kind: entry,
  }));
}

function statOf(path: string): Stats | SkipReason {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) ?? 'missing';
  } catch {
    return 'unreadable';
  }
}

function skipOf(kind: Kind): SkipReason | undefined {
  if (kind.isSymbolicLink()) return 'symbolic-link';
  return kind.isDirectory() || kind.isFile() ? undefined : 'special-file';
}

/** The ignore files that hold for a folder from above it: those of the repository that it lies in, if any. */
function layersAbove(root: string): IgnoreRules[] {
  const folders: string[] = [];
  for (let folder = root; ; folder = dirname(folder)) {
    const git = join(folder, '.git');
    if (lstatSync(git, { throwIfNoEntry: false }) !== undefined) {
      const files: [string, string][] = [[folder, join(git, 'info', 'exclude')]];
      if (folder !== root) files.push([folder, join(folder, '.gitignore')]);
      for (const inner of folders.reverse())
        if (inner !== root) files.push([inner, join(inner, '.gitignore')]);
      return files.flatMap(([base, file]) => readIgnoreFile(base, file) ?? []);
    }
    if (dirname(folder) === folder) return [];
    folders.push(folder);
  }
}

/** Of a file that is not there or cannot be read: no patterns, so that more is scanned. Undefined: too large. */
function readIgnoreFile(base: string, file: string): IgnoreRules | undefined {
  const result = readRegularFile(file, () => largestIgnoreFile);
  if ('bytes' in result) return parseIgnoreFile(slashed(base), decode(result.bytes).text);
  return result.skip === 'too-large' ? undefined : { base: slashed(base), patterns: [] };
}
