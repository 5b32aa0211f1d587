import { join } from 'node:path';
import { decode } from '../../files/decode.ts';
import { readRegularFile } from '../../files/read-file.ts';

const largest = 1_000_000;

/** The text of a file below the folder; undefined where it is none, or cannot be read. */
export function textOf(folder: string, path: string): string | undefined {
  const result = readRegularFile(join(folder, path), () => largest);
  return 'bytes' in result ? decode(result.bytes).text : undefined;
}

const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);
const folderOf = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** Dockerfiles whose last stage runs as root. https://docs.docker.com/reference/dockerfile/#user */
export function rootImages(folder: string, paths: Iterable<string>): { all: string[]; asRoot: string[] } {
  const all = [...paths].filter((path) =>
    /^(?:Dockerfile|Containerfile)(?:\.|$)|\.Dockerfile$/.test(nameOf(path)),
  );
  const asRoot = all.filter((path) => {
    const lines = (textOf(folder, path) ?? '').split('\n');
    const from = lines.findLastIndex((line) => /^\s*FROM\s/i.test(line));
    const users = lines.slice(from + 1).flatMap((line) => /^\s*USER\s+(\S+)/i.exec(line)?.[1] ?? []);
    return /^(?:root|0)?(?::|$)/.test(users.at(-1) ?? '');
  });
  return { all, asRoot };
}

/** Workflows of GitHub Actions whose token may more than it says. */
export function wideWorkflows(folder: string, paths: Iterable<string>): { all: string[]; wide: string[] } {
  const all = [...paths].filter((path) => /^\.github\/workflows\/[^/]+\.ya?ml$/.test(path));
  const wide = all.filter((path) => {
    const text = textOf(folder, path) ?? '';
    return !/^(?:\s{2,})?permissions\s*:/m.test(text) || /^\s*permissions\s*:\s*write-all\b/m.test(text);
  });
  return { all, wide };
}

/** Manifests and what pins their versions. */
const locks: readonly (readonly [manifest: RegExp, locks: readonly string[]])[] = [
  [
    /^package\.json$/,
    ['package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock', 'pnpm-lock.yaml', 'bun.lock', 'bun.lockb'],
  ],
  [/^pyproject\.toml$/, ['poetry.lock', 'uv.lock', 'pdm.lock', 'requirements.txt']],
  [/^Pipfile$/, ['Pipfile.lock']],
  [/^Cargo\.toml$/, ['Cargo.lock']],
  [/^go\.mod$/, ['go.sum']],
  [/^Gemfile$/, ['Gemfile.lock']],
  [/^composer\.json$/, ['composer.lock']],
];

export interface Pinning {
  readonly manifests: readonly string[];
  /** Manifests with dependencies and without a lock file beside them or above. */
  readonly unlocked: readonly string[];
  /** Lines of requirement files that name no exact version: `requirements.txt:3`. */
  readonly unpinned: readonly string[];
}

export function pinningOf(folder: string, paths: ReadonlySet<string>): Pinning {
  const manifests: string[] = [];
  const unlocked: string[] = [];
  const unpinned: string[] = [];
  for (const path of paths) {
    const name = nameOf(path);
    const found = locks.find(([manifest]) => manifest.test(name));
    if (found !== undefined && hasDependencies(textOf(folder, path) ?? '', name)) {
      manifests.push(path);
      if (!foldersAbove(path).some((one) => found[1].some((lock) => paths.has(one + lock))))
        unlocked.push(path);
    }
    if (!/^requirements[^/]*\.txt$/.test(name)) continue;
    manifests.push(path);
    for (const [i, line] of (textOf(folder, path) ?? '').split('\n').entries())
      if (/^\s*[A-Za-z]/.test(line) && !/===?\s*\d|\s@\s/.test(line)) unpinned.push(`${path}:${i + 1}`);
  }
  return { manifests, unlocked, unpinned };
}

/** Dependencies of what is built and run: those of development alone need no lock. */
function hasDependencies(text: string, name: string): boolean {
  if (name !== 'package.json') return true;
  try {
    const { dependencies } = JSON.parse(text) as { dependencies?: object };
    return Object.keys(dependencies ?? {}).length > 0;
  } catch {
    return true;
  }
}

/** `a/b/c.json` → `a/b/`, `a/`, `` */
function foldersAbove(path: string): string[] {
  const found: string[] = [];
  for (let folder = folderOf(path); ; folder = folderOf(folder)) {
    found.push(folder === '' ? '' : `${folder}/`);
    if (folder === '') return found;
  }
}

const watchers = [
  /^\.github\/dependabot\.ya?ml$/,
  /^(?:\.github\/|\.gitlab\/)?(?:renovate\.json5?|\.renovaterc(?:\.json)?)$/,
  /^\.github\/workflows\/memhold-weekly-dependencies\.ya?ml$/,
  /^\.gitlab\/memhold-weekly-dependencies\.ya?ml$/,
];

/** Files that say that somebody watches for new versions. */
export const watchersOf = (paths: Iterable<string>) =>
  [...paths].filter((path) => watchers.some((one) => one.test(path)));

/** Whether what goes into an image could hold secrets: undefined without a Dockerfile. */
export function imageLeavesSecretsOut(folder: string, images: readonly string[]): boolean | undefined {
  if (images.length === 0) return undefined;
  return images.every((path) => {
    const home = folderOf(path);
    const rules = [home === '' ? '' : `${home}/`, ''].map(
      (one) => textOf(folder, `${one}.dockerignore`) ?? '',
    );
    return rules.some((text) => {
      const lines = text.split('\n').map((line) => line.trim());
      // The last rule that speaks of it counts (https://docs.docker.com/build/concepts/context/#dockerignore-files).
      const last = lines.findLast((line) => /^!?(?:\*\*\/|\.?\/)?(?:\.env\*{0,2}|\.\*|\*{1,2})$/.test(line));
      return last !== undefined && !last.startsWith('!');
    });
  });
}
