import { describe, expect, it } from 'vitest';
import { isAlone, isNamed, mayBeReported, names } from './context.ts';

const pattern = names('ssn(?!\\p{L})', 'social security', 'läkare');

/** Whether the `#` of the text is named. */
function named(text: string): boolean {
  const at = text.indexOf('#');
  return isNamed(text, at, at + 1, pattern);
}

describe('names beside a value', () => {
  it.each([
    'ssn: #',
    'SSN #',
    'patientSsn = #',
    'social_security_no: #',
    'Social Security #',
    '# (ssn)',
    'läkare #',
  ])('are seen in %s', (text) => expect(named(text)).toBe(true));

  it.each([
    'ssnx #',
    'passn #',
    'ssn\n#',
    '#\nssn',
    `ssn ${' '.repeat(48)}#`,
    `#${' '.repeat(24)}ssn`,
    'social, security #',
    '#',
  ])('are not seen in %j', (text) => expect(named(text)).toBe(false));
});

/** Whether the `#` of the text stands alone. */
function alone(text: string): boolean {
  const at = text.indexOf('#');
  return isAlone(text, at, at + 1);
}

describe('a value', () => {
  it.each(['#', '  "#",', '- #', 'a\n#\nb', 'a\r\n* [#]\r\nb', '\n#\n'])('is alone in %j', (text) =>
    expect(alone(text)).toBe(true),
  );

  it.each(['a #', '# b', 'x=#', `${' '.repeat(30)}#`, 'a1\n#', '#\r\n2', '#\n  "3"'])(
    'is not alone in %j',
    (text) => expect(alone(text)).toBe(false),
  );
});

it('a copy of the text that was asked about last costs what the text did', () => {
  const text = '12345678 90 '.repeat(40_000);
  const ask = (one: string) => {
    const before = process.cpuUsage();
    for (let at = 0; at < one.length; at += 12) {
      isNamed(one, at, at + 8, pattern);
      mayBeReported(one, at);
    }
    const { user, system } = process.cpuUsage(before);
    return user + system;
  };
  const costs = Array.from({ length: 5 }, () => ask(Buffer.from(text).toString()));
  const [first, ...copies] = costs as [number, ...number[]];
  // Compared letter by letter at each question, it was ten times as much.
  expect(Math.min(...copies)).toBeLessThan(3 * first);
});
