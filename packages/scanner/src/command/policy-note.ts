import { agentAmong } from '../agent/agent-files.ts';
import { looserThan } from '../agent/looser.ts';
import { noPolicy, policyOf } from '../agent/project-policy.ts';
import type { GitOptions } from '../files/git.ts';
import { gitAnswer, gitLines } from '../push/git-lines.ts';
import { filesOf } from '../push/policy-files.ts';
import type { ScanPolicy } from './policy-files.ts';
import { topOfRepository } from './settings-files.ts';
import type { Surroundings } from './surroundings.ts';

const securityFile = '.memhold/security.yaml';

/**
 * What to say of a policy of the work tree that lets through what that of the default branch of `origin` stops; undefined
 * where it does not, or where nobody knows.
 */
export async function looserNote(
  scan: ScanPolicy | undefined,
  { folder, env }: Pick<Surroundings, 'folder' | 'env'>,
): Promise<string | undefined> {
  if (topOfRepository(folder) === undefined) return undefined;
  const git = { folder, env };
  try {
    const commit = await defaultOfOrigin(git);
    if (commit === undefined) return undefined;
    const files = await filesOf(commit, git);
    if (scan === undefined && files.names.length === 0) return undefined;
    const { settingsFrom } = await import('../agent/read-policy.ts');
    const settings = await settingsFrom(await files.text(securityFile));
    const theirs = settings === undefined ? noPolicy : policyOf([{ settings, name: securityFile }]);
    const top = await gitAnswer(['rev-parse', '--show-toplevel'], git);
    const isThis = scan === undefined || scan.loaded.root === top;
    const found = looserThan(isThis && scan !== undefined ? scan.policy : noPolicy, theirs);
    const agent = agentAmong(files.names);
    if (agent !== undefined && scan?.agent === undefined) found.push(`without ${agent}`);
    if (found.length === 0) return undefined;
    return `${securityFile} here is looser than the default branch's, by which pushes are judged: ${found.join('; ')}`;
  } catch {
    // It is a word of help: what is wrong there is said before a push.
    return undefined;
  }
}

/** In one call of git, because every scan of a repository asks. */
async function defaultOfOrigin(git: GitOptions): Promise<string | undefined> {
  const names = ['HEAD', 'main', 'master'].map((name) => `refs/remotes/origin/${name}`);
  const lines = await gitLines(
    ['for-each-ref', '--format=%(refname) %(objectname) %(symref)', ...names],
    git,
  );
  // A HEAD that leads nowhere is a branch of that name.
  const refs = lines.map((line) => line.split(' ')).filter(([ref, , to]) => ref !== names[0] || to !== '');
  const commits = new Map(refs.map(([ref, commit]) => [ref, commit]));
  return names.map((name) => commits.get(name)).find((commit) => commit !== undefined);
}
