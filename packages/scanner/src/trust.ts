/**
 * Trust in rule modules, for `memhold trust`: which modules the settings of a folder name, and the user's own list of
 * those whose bytes may run.
 */

import { agentAmong } from './agent/agent-files.ts';
import { findPolicy } from './command/policy-files.ts';
import { UsageError } from './command/request.ts';
import { findSettings, readSettings } from './command/settings-files.ts';
import { type ModuleFile, readModules } from './custom-rules/module-files.ts';
import { InvalidConfiguration } from './files/settings-shape.ts';

export type { ModuleFile } from './custom-rules/module-files.ts';
export type { Environment, TrustedEntry } from './custom-rules/trust-store.ts';
export { readTrusted, TrustStoreError, trustFile, writeTrusted } from './custom-rules/trust-store.ts';
export { printable } from './reports/presentable.ts';

/** The folder has no settings, or they or a module are not as they should be; the message says what to do. */
export class ModulesUnreadable extends Error {}

export interface NamedModules {
  /** The settings file that names them. */
  readonly settings: string;
  readonly modules: readonly ModuleFile[];
}

/** The modules that a scan of the folder would run if they were trusted, the project's agent among them. Throws ModulesUnreadable. */
export async function modulesOf(folder: string): Promise<NamedModules> {
  try {
    const [found, policy] = [findSettings(folder), findPolicy(folder)];
    if (found === undefined && policy === undefined)
      throw new ModulesUnreadable(
        `${folder} has no .memhold/scan.yaml and no .memhold/agent.mjs: there is nothing to trust`,
      );
    const named =
      found === undefined ? [] : readModules(found.root, (await readSettings(found.file, folder)).modules);
    const agent = agentAmong(policy?.there.map((name) => `.memhold/${name}`) ?? []);
    const agents = policy === undefined || agent === undefined ? [] : readModules(policy.root, [agent]);
    return { settings: found?.file ?? policy!.home, modules: [...named, ...agents] };
  } catch (error) {
    if (error instanceof UsageError || error instanceof InvalidConfiguration)
      throw new ModulesUnreadable(error.message, { cause: error });
    throw error;
  }
}
