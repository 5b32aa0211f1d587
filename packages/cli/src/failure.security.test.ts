import { expect, it } from 'vitest';
import { printableJson } from './audit-events.ts';
import { oneLine } from './failure.ts';

it.each([
  ['::stop-commands::x', '\\u003a:stop-commands::x'],
  ['\u0085 ::add-mask::x', '\\u003a:add-mask::x'],
  ['reason ##vso[task.prependpath]/tmp', 'reason \\u0023#vso[task.prependpath]/tmp'],
  ['##[add-mask]x', '\\u0023#[add-mask]x'],
  ['std::vector of C## [notes]', 'std::vector of C## [notes]'],
])('a text of the service is no command to the pipeline that prints it: %s', (text, shown) => {
  expect(oneLine(text)).toBe(shown);
});

it('nor is one in JSON, where its value stays the same', () => {
  const names = ['##vso[task.prependpath]/tmp', 'a ##[add-mask]b', '\\##[group]', '\u009b31m'];
  expect(printableJson(names)).not.toMatch(/##(?:vso)?\[|\u009b/);
  expect(JSON.parse(printableJson(names))).toEqual(names);
});
