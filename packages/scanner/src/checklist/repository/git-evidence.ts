import { GitFailure, type GitOptions, gitBytes } from '../../files/git.ts';
import { isIgnored, parseIgnoreFile } from '../../files/ignore-rules.ts';
import { textOf } from './files-evidence.ts';
import { secretFile } from './survey.ts';

export interface GitEvidence {
  /** Files of secrets that every clone has. */
  readonly trackedSecretFiles: readonly string[];
  /** Whether a `.env` at the top would stay out of commits. */
  readonly ignoresEnv: boolean;
}

/** What git keeps of the folder; undefined where it is no repository, or git is not there. */
export async function gitEvidence(options: GitOptions): Promise<GitEvidence | undefined> {
  try {
    const names = (await gitBytes(['ls-files', '-z'], options)).toString('utf8').split('\0');
    return {
      trackedSecretFiles: names.filter((name) => secretFile.test(name)),
      ignoresEnv: ignoresEnv(options.folder),
    };
  } catch (error) {
    if (error instanceof GitFailure) return undefined;
    throw error;
  }
}

/** By the file that every clone has: what only this user's own settings ignore, others would commit. */
function ignoresEnv(folder: string): boolean {
  const rules = parseIgnoreFile('/', textOf(folder, '.gitignore') ?? '');
  return isIgnored([rules], '/.env', false);
}
