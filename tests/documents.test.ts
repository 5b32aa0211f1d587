import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { appWithRoutes } from './route-list.ts';

const root = join(import.meta.dirname, '..');
const documents = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...globSync('docs/**/*.md', { cwd: root })];
/** Rooms are named without their way there; paths of an installation are no paths of the repository. */
const places = ['', 'packages/server/src', 'packages/scanner/src', 'packages', 'docs'];
const looksLikePath = /^[\w@.-]+(?:\/[\w@.*-]+)+\/?$/;
const elsewhere =
  /^(?:data|application|text|~|at\+jwt|\.?memhold|@memhold)\b|[*<>]|\.invalid|^(?:MEMHOLD|mem0|node_modules|dist)/;

describe.each(documents)('%s', (document) => {
  const text = readFileSync(join(root, document), 'utf8');

  test('links to files that are there', () => {
    const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(([, link]) => link!);
    for (const link of links) expect(existsSync(join(root, dirname(document), link)), link).toBe(true);
  });

  test('names paths of the repository that are there', () => {
    const named = [...text.matchAll(/`([^`\n]+)`/g)].map(([, name]) => name!);
    const paths = named.filter(
      (name) => looksLikePath.test(name) && !elsewhere.test(name) && /\.\w+$|\/$/.test(name),
    );
    for (const path of paths)
      expect(
        places.some((place) => existsSync(join(root, place, path))),
        path,
      ).toBe(true);
  });
});

test('every route is in the tables of docs/api.md, or of docs/compatibility.md', async () => {
  const tables = ['docs/api.md', 'docs/compatibility.md'].map((name) =>
    readFileSync(join(root, name), 'utf8'),
  );
  // `PUT`, `DELETE /a/` are two routes; {id} and :id are one way to name a part.
  const told = new Set(
    tables.flatMap((text) =>
      [...text.matchAll(/^\| ((?:`[^`]+`(?:, )?)+) +\|/gm)].flatMap(([, cell]) => {
        const path = /(\/[^`?]*)/.exec(cell!)?.[1];
        return [...cell!.matchAll(/[A-Z]+(?=[ `])/g)].map(([method]) => `${method} ${path}`);
      }),
    ),
  );
  const named = (url: string) => url.replace(/:(\w+)/g, '{$1}');
  const { routes } = await appWithRoutes();
  const own = routes.filter(({ method }) => method !== 'HEAD');
  const untold = own
    .map(({ method, url }) => [`${method} ${url}`, `${method} ${named(url)}`])
    .filter((names) => !names.some((name) => told.has(name)));
  expect(untold.map(([name]) => name)).toEqual([]);
  expect(own.length).toBeGreaterThan(60);
});

test('every error code is in docs/api.md', async () => {
  const problems = readFileSync(join(root, 'packages/server/src/http/problem.ts'), 'utf8');
  const [, list] = /const STATUS: Record<string, number> = \{(.*?)\n\};/s.exec(problems)!;
  const codes = [...list!.matchAll(/^ {2}(\w+): (\d+)/gm)];
  expect(codes.length).toBeGreaterThan(40);
  const api = readFileSync(join(root, 'docs/api.md'), 'utf8');
  const untold = codes.filter(
    ([, code, status]) => !new RegExp(`^\\| ${status} .*\`${code}\``, 'm').test(api),
  );
  expect(untold.map(([, code]) => code)).toEqual([]);
});
