// The bundling of what is published, for the build and for the black-box tests, which start the same bundle.
import { builtinModules } from 'node:module';
import { join, resolve } from 'node:path';
import { rolldown } from 'rolldown';

const packages = resolve(import.meta.dirname, '../packages');

/** Loaded by threads/start.ts as `./NAME.js` beside the bundle that starts them: hence one flat folder. */
export const threads: Readonly<Record<string, string>> = Object.fromEntries(
  ['writer', 'screen', 'recall', 'evidence'].map((name) => [
    name,
    join(packages, 'server/src/threads', `${name}.ts`),
  ]),
);

/** Started by the scanner's threads/scan-files-together.ts and agent/project-agent.ts in the same way. */
export const scanThreads: Readonly<Record<string, string>> = {
  'scan-files': join(packages, 'scanner/src/threads/scan-files.ts'),
  'agent-thread': join(packages, 'scanner/src/agent/agent-thread.ts'),
};

/** The `memhold` command: bin/memhold.js imports `main.js`. */
export const command: Readonly<Record<string, string>> = {
  main: join(packages, 'cli/src/main.ts'),
  ...threads,
  ...scanThreads,
};

/** The `memhold-scanner` command: bin/memhold-scanner.js imports `command.js`. */
export const scannerCommand: Readonly<Record<string, string>> = {
  command: join(packages, 'scanner/src/command.ts'),
  ...scanThreads,
};

const native = ['@node-rs/argon2', '@node-rs/bcrypt', 'better-sqlite3-multiple-ciphers'];
/** Loaded by name when they are first needed, so that a start does not wait for them. */
const later = ['@zxcvbn-ts/language-common'];

/**
 * Writes one bundle.
 * @param input the source file of each output, by the output's name
 * @param dir folder of the output
 * @returns the packages that the output imports, and the folders of those that it contains
 * @throws Error when an import does not resolve
 */
export async function bundle(
  input: Readonly<Record<string, string>>,
  dir: string,
): Promise<{ imported: string[]; bundled: Set<string> }> {
  const build = await rolldown({
    input: { ...input },
    external: native,
    platform: 'node',
    onLog(_level, log) {
      if (log.code === 'UNRESOLVED_IMPORT') throw new Error(log.message);
    },
  });
  const { output } = await build.write({
    dir,
    chunkFileNames: '[name]-[hash].js',
    comments: { legal: true },
  });
  await build.close();
  const chunks = output.filter((one) => one.type === 'chunk');
  const files = new Set<string>(output.map(({ fileName }) => fileName));
  const ids = chunks.flatMap(({ imports, dynamicImports }) => [...imports, ...dynamicImports]);
  const named = later.filter((name) =>
    chunks.some(({ code }) => code.includes(`'${name}'`) || code.includes(`"${name}"`)),
  );
  const imported = [...ids, ...named].filter(
    (id) => !files.has(id) && !id.startsWith('node:') && !builtinModules.includes(id),
  );
  const modules = chunks.flatMap(({ moduleIds }) => moduleIds);
  const bundled = modules.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? []);
  return { imported, bundled: new Set(bundled.sort()) };
}
