import fc from 'fast-check';
import { expect, it } from 'vitest';
import { escaped, html, prose } from './html.ts';

it('no text opens a tag or leaves an attribute, whatever it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '&', '`', 'a', '/') }), (text) => {
      const { markup } = html`<a title="${text}">${text}</a>`;
      expect(markup.match(/[<>"]/g)).toEqual(['<', '"', '"', '>', '<', '>']);
      expect(markup).not.toContain("'");
      const inside = prose(text).map((part) => part.markup);
      expect(inside.join('').replaceAll(/<\/?code>/g, '')).not.toMatch(/[<>"']/);
    }),
  );
});

it('what came out of a template is not escaped again, and what is absent leaves nothing', () => {
  const inner = html`<b>${'&'}</b>`;
  expect(html`${inner}${[inner, 1]}${false}${undefined}`.markup).toBe('<b>&amp;</b><b>&amp;</b>1');
});

it('an ampersand is escaped first, so that escaped text can be read back', () => {
  expect(escaped('&lt;<')).toBe('&amp;lt;&lt;');
});

it('what stands between backticks is code', () => {
  const parts = prose('Needs `memories:read`, or `<x>`; one ` alone stays');
  expect(parts.map(({ markup }) => markup).join('')).toBe(
    'Needs <code>memories:read</code>, or <code>&lt;x&gt;</code>; one ` alone stays',
  );
});
