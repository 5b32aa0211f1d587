import { expect, it } from 'vitest';
import { makeTokens } from '../testing/tokens.ts';
import { cleanText } from './clean-words.ts';

const token = makeTokens(73).github();

it.each([
  ['spaces', ' '.repeat(1170)],
  ['another secret, which gets short', `${makeTokens(74).github()} `.repeat(28)],
  ['nothing that parts it', 'x/'.repeat(590)],
])('shows no beginning of a secret that is cut after %s', (_name, before) => {
  for (let cut = 5; cut < 40; cut++) {
    const text = `${before}${token}`.padEnd(1201).slice(Math.max(0, before.length + cut - 1200));
    const shown = cleanText(`${text} and more`.padEnd(1300, '.'));
    expect(shown).not.toContain(token.slice(0, 12));
    expect(shown.length).toBeLessThanOrEqual(300);
  }
});

it('keeps what is not cut', () => {
  expect(cleanText(' a\n b ')).toBe('a b');
  expect(cleanText('a'.repeat(400))).toBe(`${'a'.repeat(299)}…`);
});
