import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { marker } from './hook-script.ts';
import { entered, lefthook, preCommit } from './managers.ts';

const hooks = (text: string) => parse(text)['pre-push'];

describe('the entry in lefthook.yml', () => {
  it.each([
    ['a file of comments', '# EXAMPLE USAGE:\n#\n#   pre-push:\n#     jobs:\n'],
    ['an empty file', ''],
    ['no hook of pushes', 'pre-commit:\n  jobs:\n    - run: lint # all\n'],
    ['no line break at its end', 'pre-commit:\n  parallel: true'],
    [
      'a hook of pushes',
      'pre-push:\n    parallel: true\n    # tests\n    jobs:\n      - run: test\n\ncolors: false\n',
    ],
    ['a hook of pushes in quotes', '"pre-push":\n  jobs:\n    - run: test\n'],
    ['a hook of pushes without anything', 'pre-push:\npre-commit:\n  jobs: []\n'],
    ['scripts', 'pre-push:\n  scripts:\n    "audit.sh":\n      runner: bash\n  skip: false\n'],
    ['lines of Windows', 'pre-push:\r\n  scripts:\r\n    a:\r\n      runner: sh\r\n'],
  ])('is put into %s, and taken out again', async (_, text) => {
    const edited = (await entered(lefthook, text))!;
    expect(hooks(edited).scripts.memhold).toEqual({ runner: 'sh', use_stdin: true });
    expect(edited.split('\n').filter((line) => line.includes(marker))).toHaveLength(1);
    const left = edited.split(/\r?\n/);
    for (const line of text.split(/\r?\n/)) expect(left).toContain(line);
    expect(edited.includes('\r\n') && /[^\r]\n/.test(edited)).toBe(false);
    expect(lefthook.withoutEntry(edited)).toBe(text === '' || text.endsWith('\n') ? text : `${text}\n`);
    expect(lefthook.hasEntry(edited)).toBe(true);
    expect(lefthook.hasEntry(text)).toBe(false);
  });

  it.each([
    ['flow style', 'pre-push: { jobs: [] }\n'],
    ['flow style of scripts', 'pre-push:\n  scripts: {}\n'],
    ['the key twice', 'pre-push:\n  parallel: true\npre-push:\n  parallel: false\n'],
    ['scripts of another folder', 'source_dir: ".hooks"\npre-push:\n  parallel: true\n'],
    ['aliases', 'x: &x 1\npre-push:\n  jobs: *x\n'],
    ['no YAML', 'pre-push:\n  - a\n b: [\n'],
    ['two documents', 'a: 1\n---\npre-push:\n  parallel: true\n'],
    ['a list', '- pre-push\n'],
    ['an end of the document', 'a: 1\n...\n'],
    ['a script of that name', 'pre-push:\n  scripts:\n    memhold:\n      runner: bash\n'],
  ])('is not put where there is %s', async (_, text) => {
    expect(await entered(lefthook, text)).toBeUndefined();
  });

  it('is not taken out where somebody changed it', async () => {
    const edited = (await entered(lefthook, ''))!;
    expect(lefthook.withoutEntry(edited.replace('runner: sh', 'runner: true'))).toBeUndefined();
  });

  it('is known where a person wrote it into TOML or JSON, as they were told', () => {
    for (const file of ['lefthook.toml', 'lefthook.json', 'lefthook.jsonc', 'lefthook.yml'])
      expect(lefthook.hasEntry(lefthook.toPaste(file))).toBe(true);
    expect(JSON.parse(lefthook.toPaste('lefthook.json'))).toEqual(parse(lefthook.toPaste('lefthook.yml')));
  });

  it('changes nothing else, whatever is there', async () => {
    const line = fc.constantFrom(
      ...[
        'pre-push:',
        '  scripts:',
        '    a:',
        '      runner: sh',
        '  jobs:',
        '    - run: x',
        '# c',
        '',
        'b: 1',
      ],
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 12 }), async (lines) => {
        const text = lines.map((one) => `${one}\n`).join('');
        const edited = await entered(lefthook, text);
        if (edited !== undefined) expect(lefthook.withoutEntry(edited)).toBe(text);
      }),
    );
  });
});

describe('the entry in .pre-commit-config.yaml', () => {
  it.each([
    ['indented', 'repos:\n  - repo: local\n    hooks: []\n'],
    ['not indented', '# ours\nexclude: x\nrepos: # all\n\n- repo: local\n  hooks: []\nfail_fast: true\n'],
    ['of nothing', 'repos:\n'],
  ])('is put into a list that is %s, and taken out again', async (_, text) => {
    const edited = (await entered(preCommit, text))!;
    const [first, ...rest] = parse(edited).repos;
    expect(first).toMatchObject({ repo: 'local', hooks: [{ id: 'memhold', stages: ['pre-push'] }] });
    expect(rest).toEqual(parse(text).repos ?? []);
    expect(preCommit.withoutEntry(edited)).toBe(text);
    expect(preCommit.hasEntry(edited)).toBe(true);
  });

  it.each([
    ['flow style', 'repos: []\n'],
    ['no list', 'fail_fast: true\n'],
    ['a map', 'repos:\n  a: 1\n'],
    ['nothing', ''],
  ])('is not put where there is %s', async (_, text) => {
    expect(await entered(preCommit, text)).toBeUndefined();
  });
});

it.each([
  ['[pre-push.scripts.memhold]\nrunner = "sh"', true],
  ['  "scripts": { "memhold": { "runner": "sh" } }', true],
  ['# [pre-push.scripts.memhold]\n# runner = "sh"', false],
  ['pre-push: # see pre-push.scripts.memhold', false],
  ['// "memhold": { "runner": "sh" }', false],
])('an entry in a comment is none: %s', (text, is) => {
  expect(lefthook.hasEntry(text)).toBe(is);
});
