import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Package and versions; the newest is the last. */
export type Packages = Readonly<Record<string, readonly string[]>>;

/**
 * A registry of npm on loopback: packuments without tarballs, and one advisory for every version of a package that is
 * below the one that `fixedIn` names. https://github.com/npm/registry/blob/main/docs/REGISTRY-API.md
 */
export async function npmRegistry(packages: Packages, fixedIn: Readonly<Record<string, string>> = {}) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (piece: Buffer) => chunks.push(piece));
    request.on('end', () => {
      const url = request.url ?? '';
      asked.push(`${request.method} ${url}`);
      const name = decodeURIComponent(url.slice(1));
      const answer = url.startsWith('/-/npm/v1/security/advisories/bulk')
        ? advisories(fixedIn)
        : packages[name] && packument(name, packages[name]);
      response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer ?? { error: 'not found' }));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    asked,
    close: () => new Promise((done) => server.close(done)),
  };
}

function packument(name: string, versions: readonly string[]) {
  const entry = (version: string) => ({
    name,
    version,
    dist: {
      tarball: `http://127.0.0.1:9/${name}-${version}.tgz`,
      integrity: `sha512-${Buffer.from(version.padEnd(64, '.')).toString('base64')}`,
    },
  });
  return {
    name,
    'dist-tags': { latest: versions.at(-1) },
    versions: Object.fromEntries(versions.map((version) => [version, entry(version)])),
  };
}

function advisories(fixedIn: Readonly<Record<string, string>>) {
  return Object.fromEntries(
    Object.entries(fixedIn).map(([name, version], i) => [
      name,
      [
        {
          id: 1000 + i,
          url: `https://github.com/advisories/GHSA-aaaa-bbbb-cc${String(i).padStart(2, '0')}`,
          title: `What is wrong with ${name}`,
          severity: 'high',
          vulnerable_versions: `<${version}`,
          cwe: ['CWE-79'],
          cvss: { score: 7.5, vectorString: null },
        },
      ],
    ]),
  );
}

/** package.json and package-lock.json of a project with these dependencies: range and version in the lock. */
export function npmProject(dependencies: Readonly<Record<string, readonly [range: string, locked: string]>>) {
  const ranges = Object.fromEntries(Object.entries(dependencies).map(([name, [range]]) => [name, range]));
  const manifest = { name: 'shop', version: '1.0.0', dependencies: ranges };
  const packages = Object.entries(dependencies).map(([name, [, version]]) => [
    `node_modules/${name}`,
    {
      version,
      resolved: `http://127.0.0.1:9/${name}-${version}.tgz`,
      integrity: `sha512-${Buffer.from(version.padEnd(64, '.')).toString('base64')}`,
    },
  ]);
  const lock = {
    name: 'shop',
    version: '1.0.0',
    lockfileVersion: 3,
    requires: true,
    packages: { '': manifest, ...Object.fromEntries(packages) },
  };
  return { manifest: JSON.stringify(manifest, null, 2), lock: JSON.stringify(lock, null, 2) };
}
