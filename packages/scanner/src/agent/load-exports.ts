import module, { isBuiltin } from 'node:module';
import vm from 'node:vm';

/** There is no agent in the file; the message says why, in words of ours. */
export class NoAgent extends Error {}

const ownName = '@memhold/scanner/agent';

/**
 * Runs a module from its bytes and not from its file, so that what was hashed is what runs, and gives what it exports. It
 * may import `@memhold/scanner/agent` and modules of Node, and no file: its hash would not cover that.
 * Needs `--experimental-vm-modules` (https://nodejs.org/api/vm.html#class-vmsourcetextmodule).
 */
export async function loadExports(
  name: string,
  bytes: Buffer,
  api: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>>> {
  const code = name.endsWith('.ts') ? withoutTypes(bytes.toString('utf8')) : bytes.toString('utf8');
  const named = async (specifier: string) => {
    if (specifier === ownName) return synthetic(api);
    if (!isBuiltin(specifier))
      throw new NoAgent(`it imports something else than ${ownName} and modules of Node`);
    return synthetic((await import(/* @vite-ignore */ specifier)) as Record<string, unknown>);
  };
  const loaded = new vm.SourceTextModule(code, {
    identifier: name,
    importModuleDynamically: async (specifier) => {
      const found = await named(specifier);
      await found.link(() => Promise.reject(new NoAgent('it imports what imports nothing')));
      await found.evaluate();
      return found;
    },
  });
  await loaded.link(named);
  await loaded.evaluate();
  return loaded.namespace as Record<string, unknown>;
}

function synthetic(exports: Readonly<Record<string, unknown>>): vm.SyntheticModule {
  const names = Object.keys(exports);
  return new vm.SyntheticModule(names, function (this: vm.SyntheticModule) {
    for (const name of names) this.setExport(name, exports[name]);
  });
}

function withoutTypes(code: string): string {
  const { stripTypeScriptTypes } = module;
  if (stripTypeScriptTypes === undefined)
    throw new NoAgent('Node 22.13 or newer is needed for an agent in TypeScript: write it as agent.mjs');
  return stripTypeScriptTypes(code);
}
