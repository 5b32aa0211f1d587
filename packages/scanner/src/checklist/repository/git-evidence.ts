import { GitFailure, type GitOptions, gitBytes } from '../../files/git.ts';
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
      ignoresEnv: await isIgnored('.env', options),
    };
  } catch (error) {
    if (error instanceof GitFailure) return undefined;
    throw error;
  }
}

/** `check-ignore` ends with 1 where nothing is ignored, and prints what is. */
async function isIgnored(path: string, options: GitOptions): Promise<boolean> {
  try {
    return (await gitBytes(['check-ignore', '--no-index', path], options)).length > 0;
  } catch {
    return false;
  }
}
