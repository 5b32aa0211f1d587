import { join, relative } from 'node:path';
import { agentAmong } from '../agent/agent-files.ts';
import type { ProjectPolicy } from '../agent/project-policy.ts';
import type { RunningPolicy } from '../agent/read-policy.ts';
import { InvalidConfiguration } from '../files/settings-shape.ts';
import { UsageError } from './request.ts';
import { homesFrom, isThere, type LoadedPolicy, refuseOfOthers, textOf } from './settings-files.ts';
import type { Surroundings } from './surroundings.ts';

export interface ScanPolicy extends RunningPolicy {
  readonly loaded: LoadedPolicy;
  /** Names of agents that nobody trusted, so that they do not run: one at most. */
  readonly untrusted: readonly string[];
}

const names = ['security.yaml', 'agent.ts', 'agent.mjs', 'agent.js'];

/**
 * Reads `.memhold/security.yaml` of this folder or of the repository around it, and starts the agent beside it where it is
 * trusted; undefined where there is neither. Throws UsageError.
 */
export async function loadPolicy({
  folder,
  env,
}: Pick<Surroundings, 'folder' | 'env'>): Promise<ScanPolicy | undefined> {
  const found = findPolicy(folder);
  if (found === undefined) return undefined;
  const { root, home, there } = found;
  const { runPolicy, settingsFrom } = await import('../agent/read-policy.ts');
  try {
    const files = there.map((name) => `.memhold/${name}`);
    const text = there.includes('security.yaml') ? textOf(join(home, 'security.yaml'), folder) : undefined;
    const settings = await settingsFrom(text);
    const name = agentAmong(files);
    const { sortModules } = await import('../custom-rules/module-files.ts');
    const { trusted, untrusted } = sortModules(root, name === undefined ? [] : [name], env);
    const running = await runPolicy(settings, trusted[0]);
    return { ...running, loaded: loadedOf(running.policy, root, files, home), untrusted };
  } catch (error) {
    if (error instanceof InvalidConfiguration) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

/** Where a policy of a folder is; undefined where there is none. Throws UsageError. */
export function findPolicy(
  folder: string,
): { root: string; home: string; there: readonly string[] } | undefined {
  for (const { root, home } of homesFrom(folder)) {
    if (isThere(join(home, 'security.yml')))
      throw new UsageError(`${join(home, 'security.yml')} is not read: rename it to security.yaml`);
    const there = names.filter((name) => isThere(join(home, name)));
    if (there.length === 0) continue;
    refuseOfOthers([home, ...there.map((name) => join(home, name))], folder);
    return { root, home, there };
  }
  return undefined;
}

function loadedOf(
  { customPatterns, fields, allow }: ProjectPolicy,
  root: string,
  files: readonly string[],
  home: string,
): LoadedPolicy {
  const file = join(home, relative('.memhold', files[0]!));
  return { root, file, files, customPatterns, fields: [...fields.keys()], allow };
}
