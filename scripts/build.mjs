// Builds what is published: packages/NAME/dist is a complete package, ready for `npm publish packages/NAME/dist`.
// JavaScript is bundled with everything but the native modules, which stay dependencies: fewer files to load at the
// start, fewer packages to trust at an install. THIRD-PARTY-LICENSES names what went in, with versions.
// The declarations are those that the entries reach. Nothing is minified, so that stack traces and reviews can read it.
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { bundle, command, scanThreads, threads } from './bundle.ts';

const root = resolve(import.meta.dirname, '..');
const inPackages = (...path) => join(root, 'packages', ...path);
const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** In the order in which their types need each other. */
const packages = [
  { name: 'scanner', entries: scanThreads },
  { name: 'client' },
  { name: 'server', entries: threads },
  { name: 'cli', entries: command },
];

try {
  for (const { name, entries } of packages) await build(name, entries ?? {});
} catch (error) {
  console.error(`build: ${error.message}`);
  process.exit(1);
}

async function build(name, entries) {
  const manifest = readJson(inPackages(name, 'package.json'));
  const dist = inPackages(name, 'dist');
  const exported = Object.entries(manifest.exports).filter(([, path]) => path.endsWith('.ts'));
  const sources = Object.fromEntries(
    exported.map(([, path]) => [basename(path, '.ts'), inPackages(name, path)]),
  );
  rmSync(dist, { recursive: true, force: true });

  const { imported, bundled } = await bundle({ ...sources, ...entries }, dist);
  const shown = exported.length > 0 ? declare(name, Object.values(sources)) : [];
  const isOwn = (id) => id === manifest.name || id.startsWith(`${manifest.name}/`);
  const dependencies = [...new Set([...imported, ...shown])].filter((id) => !isOwn(id)).sort();
  writeManifest(manifest, exported, dependencies, dist);
  const asTheyAre = ['README.md', 'bin', 'schema'].map((file) => inPackages(name, file));
  for (const file of [join(root, 'LICENSE'), ...asTheyAre])
    if (existsSync(file)) cpSync(file, join(dist, basename(file)), { recursive: true });
  for (const path of Object.values(manifest.bin ?? {})) chmodSync(join(dist, path), 0o755);
  if (bundled.size > 0) writeFileSync(join(dist, 'THIRD-PARTY-LICENSES'), licences(bundled));
  const needs = dependencies.length > 0 ? `, needs ${dependencies.join(' and ')}` : '';
  console.log(
    `${manifest.name} ${manifest.version}: ${relative(root, dist)}, ${bundled.size} packages bundled${needs}`,
  );
}

/**
 * Writes dist/types: the declarations that the entries reach.
 * @returns the packages whose types they show, which an install must have
 */
function declare(name, sources) {
  const types = inPackages(name, 'dist/types');
  const paths = { ...readJson(join(root, 'tsconfig.json')).compilerOptions.paths };
  for (const [alias, files] of Object.entries(paths)) paths[alias] = files.map((file) => join(root, file));
  paths['@memhold/scanner'] = [inPackages('scanner/dist/types/index.d.ts')];
  const compilerOptions = {
    ...{ noEmit: false, declaration: true, emitDeclarationOnly: true, rewriteRelativeImportExtensions: true },
    ...{ rootDir: inPackages(name, 'src'), outDir: types, paths },
  };
  const config = inPackages(name, 'dist/tsconfig.json');
  const extended = join(root, 'tsconfig.json');
  writeFileSync(config, JSON.stringify({ extends: extended, compilerOptions, files: sources, include: [] }));
  const { status } = spawnSync('tsc', ['-p', config], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error(`tsc could not declare the types of ${name}`);
  rmSync(config);

  const reached = new Set();
  const shown = new Set();
  const queue = sources.map((source) => join(types, `${basename(source, '.ts')}.d.ts`));
  for (const file of queue) {
    if (reached.has(file)) continue;
    reached.add(file);
    for (const [, id] of readFileSync(file, 'utf8').matchAll(/(?:from|import\(|import) ?['"]([^'"]+)['"]/g)) {
      if (id.startsWith('.')) queue.push(join(dirname(file), id.replace(/\.[jt]s$/, '.d.ts')));
      else if (!id.startsWith('node:')) shown.add(id);
    }
  }
  for (const entry of readdirSync(types, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !reached.has(path)) rmSync(path);
  }
  return shown;
}

function writeManifest(manifest, exported, dependencies, dist) {
  const { scripts, devDependencies, private: _, ...published } = manifest;
  const versions = { ...readJson(inPackages('server/package.json')).dependencies, ...manifest.dependencies };
  const toPublished = (path) => basename(path, '.ts');
  published.exports = {
    ...Object.fromEntries(
      exported.map(([name, path]) => [
        name,
        { types: `./types/${toPublished(path)}.d.ts`, default: `./${toPublished(path)}.js` },
      ]),
    ),
    ...Object.fromEntries(Object.entries(manifest.exports).filter(([, path]) => path.endsWith('.json'))),
    './package.json': './package.json',
  };
  delete published.dependencies;
  if (dependencies.length > 0)
    published.dependencies = Object.fromEntries(dependencies.map((name) => [name, versions[name]]));
  writeFileSync(join(dist, 'package.json'), `${JSON.stringify(published, null, 2)}\n`);
}

/** The names, versions and licence texts of the packages in a bundle, as their licences ask. */
function licences(folders) {
  const notices = [...folders].map((folder) => {
    const { name, version, license } = readJson(join(folder, 'package.json'));
    const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file));
    const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim());
    return [`${name} ${version} (${license})`, ...texts].join('\n\n');
  });
  return `${notices.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}
