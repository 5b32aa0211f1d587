import { expect, it } from 'vitest';
import { STYLE } from './style.ts';

/** Relative luminance of a colour (WCAG 2.2). */
function luminance(colour: string): number {
  const channels = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255);
  const [red, green, blue] = channels.map((one) =>
    one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light! + 0.05) / (dark! + 0.05);
}

const themes = [...STYLE.matchAll(/:root \{([^}]*--page[^}]*)\}/g)].map(
  ([, text]) =>
    new Map([...text!.matchAll(/--(\w+): (#\w{6})/g)].map(([, name, colour]) => [name!, colour!])),
);
const TEXT = ['text', 'quiet', 'link', 'get', 'post', 'put', 'patch', 'delete', 'required'];

it.each([
  ['light', 0],
  ['dark', 1],
])('text can be read in %s: a contrast of 4.5 on every ground', (_, at) => {
  const theme = themes[at]!;
  for (const name of TEXT)
    for (const ground of ['page', 'panel', 'mark'])
      expect([name, ground, contrast(theme.get(name)!, theme.get(ground)!)]).toEqual([
        name,
        ground,
        expect.toSatisfy((ratio: number) => ratio >= 4.5),
      ]);
});

it('no colour stands outside of the two themes', () => {
  const rest = STYLE.replaceAll(/:root \{[^}]*\}/g, '');
  expect(rest).not.toMatch(/#[0-9a-f]{3,8}\b(?! \{|found)|rgb|hsl/i);
});
