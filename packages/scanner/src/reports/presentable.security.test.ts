import { expect, it } from 'vitest';
import { printable, terminalSafe } from './presentable.ts';

it.each([
  ['::error::all is well', '\\u003a:error::all is well'],
  ['  ::add-mask::a', '  \\u003a:add-mask::a'],
  ['a ##[add-path]/tmp', 'a \\u0023#[add-path]/tmp'],
  ['##VSO[task.setvariable variable=PATH]/tmp', '\\u0023#VSO[task.setvariable variable=PATH]/tmp'],
  ['##vso[task.setvariable variable=PATH]/tmp', '\\u0023#vso[task.setvariable variable=PATH]/tmp'],
])('a name is no command to a pipeline that prints it: %s', (name, shown) => {
  expect(printable(name)).toBe(shown);
});

it.each(['std::vector', 'a::b', 'C## [notes]', '#[derive]', ':', 'src/a.ts'])(
  'a name that is none stays as it is: %s',
  (name) => expect(printable(name)).toBe(name),
);

it('a name is no command to a pipeline that prints JSON, and stays the same for whoever reads it', () => {
  const names = ['##vso[task.prependpath]/tmp', 'a ##[add-mask]b', '\\##[group]', '###[error]'];
  const shown = terminalSafe(JSON.stringify(names));
  expect(shown).not.toMatch(/##(?:vso)?\[/);
  expect(JSON.parse(shown)).toEqual(names);
});
