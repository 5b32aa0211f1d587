import { GitFailure, type GitOptions, gitText } from '../files/git.ts';

/*
 * What a repository could have other programs do while its dependencies are updated, and how it is left out: programs
 * of git's filters, links to files of the user, settings of npm, requirements that are built.
 */

/**
 * Options of git for a checkout that starts no filter that a configuration names (gitattributes(5), "filter"), and
 * makes files of symbolic links: what writes to them writes nowhere else.
 */
export async function plainCheckout(options: GitOptions): Promise<string[]> {
  const listed = await gitText(['config', '--name-only', '-z', '--get-regexp', '^filter\\.'], options).catch(
    (error: unknown) => {
      // It ends with 1 where there is none.
      if (error instanceof GitFailure) return '';
      throw error;
    },
  );
  const filters = new Set(listed.split('\0').flatMap((key) => /^(filter\..*)\.[^.]*$/s.exec(key)?.[1] ?? []));
  const off = [...filters].flatMap((filter) => [
    ...['clean', 'smudge', 'process'].flatMap((kind) => ['-c', `${filter}.${kind}=`]),
    ...['-c', `${filter}.required=false`],
  ]);
  return ['-c', 'core.symlinks=false', ...off];
}

const registryLine = /^\s*["']?(?:@[^\s:=]+:)?registry["']?(?:\[\])?\s*(?:=|$)/i;
const plainRegistry = /^\s*(?:@[\w.-]+:)?registry\s*=\s*https:\/\/[\w.:/~-]+\s*$/;
/** Settings that change which versions are taken, and nothing else. */
const harmless =
  /^\s*(?:legacy-peer-deps|strict-peer-deps|engine-strict|lockfile-version|install-links|min-release-age)\s*=\s*[\w.-]+\s*$/;

/**
 * Of a project's `.npmrc` what says where packages come from. Proxies, certificates, folders and programs stay out: by
 * them the user's own tokens would go to whoever wrote the file. Undefined where a registry is named in another way
 * than by an https address: without it packages of the same names would come from elsewhere.
 */
export function harmlessNpmSettings(text: string): string | undefined {
  const lines = text.split(/\r\n|\r|\n/);
  if (lines.some((line) => registryLine.test(line) && !plainRegistry.test(line))) return undefined;
  return lines.filter((line) => plainRegistry.test(line) || harmless.test(line)).join('\n');
}

/** A name with extras, versions and a marker (PEP 508): no address, path or option, and no variable. */
const named = /^[a-z\d][\w.-]*[ \t]*(?:\[[\w., \t-]*\])?[\w.*+!<>=~,() \t-]*(?:;[\w.'"<>=!~(), \t-]*)?$/i;

/**
 * The requirements of a `.in` file, without comments, which could name an encoding. Undefined where one is more than a
 * name with versions: what has an address or a path is built, which runs its code, and options name other indexes.
 */
export function namedRequirements(text: string): string | undefined {
  const lines = text.split(/\r\n|\r|\n/).map((line) => line.replace(/(?:^|[ \t])#.*$/, '').trim());
  const wanted = lines.filter((line) => line !== '');
  return wanted.every((line) => named.test(line) && !/[ \t]-/.test(line))
    ? `${wanted.join('\n')}\n`
    : undefined;
}
