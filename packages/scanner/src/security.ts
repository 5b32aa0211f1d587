/** A project's policy, for `memhold security check` and `memhold security init`. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type FrameworkName, frameworkNamed, frameworkNames } from './agent/frameworks.ts';
import { type PolicyView, viewOf } from './agent/policy-view.ts';
import { scaffoldOf } from './agent/scaffold.ts';
import { findPolicy, loadPolicy } from './command/policy-files.ts';
import { looserNote } from './command/policy-note.ts';
import { UsageError } from './command/request.ts';
import { isThere, loadOwnRules } from './command/settings-files.ts';
import type { RuleCheck } from './custom-rules/check-examples.ts';
import { GitFailure } from './files/git.ts';
import { InvalidConfiguration } from './files/settings-shape.ts';
import { WriteRefused, writeFileWhole } from './files/write-file.ts';

export { frameworkNames } from './agent/frameworks.ts';
export type { PolicyView } from './agent/policy-view.ts';
export { printable } from './reports/presentable.ts';

/** There is no policy, or it is not as it should be; the message says what to do. */
export class PolicyUnusable extends Error {}

export interface PolicyCheck extends PolicyView {
  /** Files below the root. */
  readonly files: readonly string[];
  readonly root: string;
  /** Name of an agent that does not run, because nobody trusted it. */
  readonly untrusted_agent: string | null;
  /** Custom patterns and fields, tried on their examples. */
  readonly examples: readonly RuleCheck[];
  /** In which ways it is looser than that of the default branch of origin; null where it is not. */
  readonly looser: string | null;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads and tries the policy of a folder, with its agent where that is trusted. Throws PolicyUnusable. */
export async function checkPolicy(folder: string, env: Environment, now: Date): Promise<PolicyCheck> {
  return told(async () => {
    const found = await loadPolicy({ folder, env });
    if (found === undefined)
      throw new PolicyUnusable(`${folder} has no .memhold/security.yaml: memhold security init writes one`);
    try {
      const { policy, loaded, untrusted } = found;
      const own = await loadOwnRules(undefined, loaded);
      return {
        files: loaded.files,
        root: loaded.root,
        untrusted_agent: untrusted[0] ?? null,
        ...viewOf(policy, now.toISOString().slice(0, 10)),
        examples: own?.check() ?? [],
        looser: (await looserNote(found, { folder, env })) ?? null,
      };
    } finally {
      await found.agent?.stop();
    }
  });
}

/**
 * Writes a first `.memhold/security.yaml` into a folder.
 * @returns its path. Throws PolicyUnusable, also where there is one already.
 */
export async function beginPolicy(folder: string, compliance: readonly string[]): Promise<string> {
  return told(async () => {
    const names = compliance.map((text): FrameworkName => {
      const name = frameworkNamed(text);
      if (name !== undefined) return name;
      throw new PolicyUnusable(`--compliance takes ${frameworkNames.join(', ')}`);
    });
    const file = join(folder, '.memhold', 'security.yaml');
    if (isThere(file)) throw new PolicyUnusable(`${file} is there already: edit it`);
    findPolicy(folder);
    try {
      mkdirSync(join(folder, '.memhold'), { recursive: true });
      writeFileWhole(file, scaffoldOf([...new Set(names)]), folder);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const why = error instanceof WriteRefused ? message : `cannot be written (${code})`;
      throw new PolicyUnusable(`${file}: ${why}`, { cause: error });
    }
    return file;
  });
}

async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isOurs = [UsageError, InvalidConfiguration, GitFailure].some((kind) => error instanceof kind);
    if (isOurs) throw new PolicyUnusable((error as Error).message, { cause: error });
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code === undefined || syscall === undefined) throw error;
    throw new PolicyUnusable(`the folder, or a file of it, cannot be read (${code})`, { cause: error });
  }
}
