import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkPassword, randomPassword } from './passwords.ts';
import { passwordInput } from './schema.ts';

const COMMON = 'is among the most common passwords: choose a longer or less usual one';
const OWN = 'must not contain your own name or address';

/** The rules that a password breaks. */
function broken(password: string, own?: string[]): string[] {
  try {
    checkPassword(password, 'password', own);
    return [];
  } catch (error) {
    const { code, problems } = error as { code: string; problems: { path: string; message: string }[] };
    expect(code).toBe('weak_password');
    expect(problems.every(({ path }) => path === 'password')).toBe(true);
    return problems.map(({ message }) => message);
  }
}

describe('a new password', () => {
  it.each([
    ['as it is on the list', 'Password123'],
    ['with letters swapped for digits and symbols', 'P@ssw0rd1'],
    ['with an ending', 'Password123!'],
    ['the season, the year and a mark', 'Summer2024!'],
    ['in wide letters', 'Ｐａｓｓｗｏｒｄ1'],
    ['swaps at the end of the word, before an ending', 'Footba11123!'],
    ['one letter swapped for two meanings', 'L1verp001'],
    ['a row of keys', '1qaz2wsX'],
    ['far down the list', '8J4ye3uz'],
    ['a long one of the list', 'Qwertyuiop123'],
  ])('is refused when it is common: %s', (_, password) => {
    expect(broken(password)).toEqual([COMMON]);
  });

  it.each([
    'SecurePass123',
    'Another-Horse-8',
    'Passw0rd-alice',
    'Bobs-Horse-7',
    'Chosen-Horse-7',
    'Wrong-Horse-6',
    'Correct-Horse-7',
    'Second-Breakfast-7',
    'Another-Horse-8',
    'My dragon sleeps behind 7 mountains',
    'Password and letmein are 2 bad ones',
    'Password-20241121',
  ])('passes when it is longer than a common one with an ending: %s', (password) => {
    expect(broken(password)).toEqual([]);
  });

  it('is never refused for a common word inside a phrase', () => {
    const word = fc.constantFrom('Password', 'Dragon', 'Monkey1', 'Football', 'Letmein');
    const phrase = fc
      .tuple(word, fc.stringMatching(/^[a-z]{5} [a-z]{7} [a-z]{6} \d$/))
      .map((parts) => parts.join(' '));
    fc.assert(fc.property(phrase, (password) => broken(password).length === 0));
  });

  it('is refused with any short ending behind a most common word', () => {
    const ending = fc.stringMatching(/^\d[0-9!?.#$-]{1,4}$/);
    const word = fc.constantFrom('Password', 'Football', 'Sunshine', 'Superman', 'P4ssw0rd');
    fc.assert(fc.property(word, ending, (base, end) => broken(base + end).includes(COMMON)));
  });

  it('is refused with one of the own names in it, whatever the case and the width of its letters', () => {
    const own = ['alice', 'a.liddell', 'Alice', 'P.', 'Ångström', ''];
    expect(broken('Alice-2024x', own)).toEqual([OWN]);
    expect(broken('x7-ＡＬＩＣＥ-Teatime', own)).toEqual([OWN]);
    expect(broken('My-A.Liddell-77', own)).toEqual([OWN]);
    expect(broken('A\u030angstro\u0308m-77-Tea', own)).toEqual([OWN]);
    expect(broken('Alice-2024x')).toEqual([]);
    expect(broken('Example.com-2024', own)).toEqual([]);
  });

  it('may hold a name of three letters, which many words hold', () => {
    const own = ['bob', 'ann', 'Lee'];
    expect(broken('Bob-and-Ann-Lee-7', own)).toEqual([]);
  });

  it('names every rule that failed, and neither the password nor a name', () => {
    expect(broken('password')).toEqual(['must have an upper-case letter', 'must have a digit', COMMON]);
    expect(broken('ALICE', ['alice'])).toEqual([
      'must have at least 8 characters',
      'must have a lower-case letter',
      'must have a digit',
      OWN,
    ]);
    expect(() => checkPassword(`mallory${7}`, 'new_password', ['mallory'])).toThrow(
      'The password must have an upper-case letter, must not contain your own name or address.',
    );
  });

  it('of a megabyte is refused before it is looked at', () => {
    expect(passwordInput.safeParse('a'.repeat(1024)).success).toBe(true);
    expect(passwordInput.safeParse('a'.repeat(1025)).success).toBe(false);
    expect(passwordInput.safeParse('a'.repeat(1_048_576)).success).toBe(false);
  });
});

it('random passwords keep the rules and differ', () => {
  const made = Array.from({ length: 200 }, randomPassword);
  for (const password of made) expect(() => checkPassword(password, 'password')).not.toThrow();
  expect(new Set(made).size).toBe(200);
});
