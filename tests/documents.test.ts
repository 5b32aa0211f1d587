import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const documents = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...globSync('docs/**/*.md', { cwd: root })];
/** Rooms are named without their way there; paths of an installation are no paths of the repository. */
const places = ['', 'packages/server/src', 'packages/scanner/src', 'packages', 'docs'];
const looksLikePath = /^[\w@.-]+(?:\/[\w@.*-]+)+\/?$/;
const elsewhere =
  /^(?:data|application|text|~|at\+jwt|memhold|@memhold)\b|[*<>]|\.invalid|^(?:MEMHOLD|mem0|node_modules|dist)/;

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
