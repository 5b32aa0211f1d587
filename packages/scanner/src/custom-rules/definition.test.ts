import { describe, expect, it } from 'vitest';
import { definitionsOf } from './definition.ts';
import { judgeWith, validatorNames, validatorOf } from './validators.ts';

const whole = {
  id: 'acme-key',
  title: 'Acme API key',
  severity: 'high',
  keywords: ['acme_'],
  pattern: 'acme_[a-z0-9]{24}',
  length: { max: 29 },
  examples: { match: ['one'], no_match: ['none'] },
};

describe('a rule of the settings', () => {
  it('has defaults for what it need not say', () => {
    expect(definitionsOf([whole])).toEqual([
      {
        ...{
          id: 'acme-key',
          title: 'Acme API key',
          category: 'secret',
          severity: 'high',
          confidence: 'medium',
        },
        ...{
          keywords: ['acme_'],
          pattern: 'acme_[a-z0-9]{24}',
          group: 0,
          least: 0,
          most: 29,
          validators: [],
        },
        ...{ examples: { match: ['one'], noMatch: ['none'] }, remediation: [], references: [] },
      },
    ]);
  });

  it('names its group by number or by name', () => {
    const withGroup = (pattern: string, group: unknown) =>
      definitionsOf([{ ...whole, pattern, group }])[0]!.group;
    expect(withGroup('(a)(?<key>b)', 'key')).toBe(2);
    expect(withGroup('(a)(?<key>b)', 1)).toBe(1);
    expect(withGroup('(a)(?<key>b)', 0)).toBe(0);
  });

  it.each<[string, object, RegExp]>([
    ['no object', [] as object, /rules\[0\] must be an object/],
    ['an unknown key', { ...whole, patern: 'x' }, /rules\[0\] has an unknown key/],
    ['no id', { ...whole, id: undefined }, /rules\[0\]\.id must be a text/],
    ['an id in capitals', { ...whole, id: 'AcmeKey' }, /rules\[0\]\.id must be lower-case/],
    ['an id that is built in', { ...whole, id: 'github-token' }, /rules\[0\]\.id .* built in: rename/],
    ['the id of a fault', { ...whole, id: 'suppression-expired' }, /rules\[0\]\.id .* built in/],
    ['a number for a title', { ...whole, title: 12 }, /rules\[0\]\.title .* quotes/],
    ['a title over two lines', { ...whole, title: 'Acme\nNo findings' }, /\.title .* one line/],
    ['a title that steers a terminal', { ...whole, title: 'a\u001b[2K' }, /\.title .* one line/],
    ['a title that is turned round', { ...whole, title: 'a\u202eb' }, /\.title .* one line/],
    ['a step with what cannot be seen', { ...whole, remediation: ['a\u200b'] }, /\.remediation\[0\] .* seen/],
    [
      'a reference over a line',
      { ...whole, references: ['https://a.example/\n'] },
      /\.references\[0\] .* line/,
    ],
    ['a severity that is none', { ...whole, severity: 'urgent' }, /rules\[0\]\.severity .* critical/],
    ['a category that is none', { ...whole, category: 'x' }, /rules\[0\]\.category/],
    ['no keywords', { ...whole, keywords: [] }, /rules\[0\]\.keywords is empty/],
    ['a short keyword', { ...whole, keywords: ['acme_', 'ab'] }, /rules\[0\]\.keywords\[1\] .* 3 or more/],
    ['a keyword of blanks', { ...whole, keywords: ['    '] }, /rules\[0\]\.keywords\[0\]/],
    ['a keyword beyond ASCII', { ...whole, keywords: ['schlüssel'] }, /rules\[0\]\.keywords\[0\] .* ASCII/],
    ['a keyword over a line', { ...whole, keywords: ['acme\n'] }, /rules\[0\]\.keywords\[0\]/],
    ['a keyword that no match can hold', { ...whole, length: { max: 4 } }, /keywords\[0\] is longer/],
    ['a pattern that is wrong', { ...whole, pattern: 'acme_(' }, /rules\[0\]\.pattern .* not closed/],
    ['a pattern of another engine', { ...whole, pattern: '(?<=a)b' }, /rules\[0\]\.pattern .* not offered/],
    [
      'a pattern that is too large',
      { ...whole, pattern: '(?:a{900}){900}' },
      /rules\[0\]\.pattern .* too large/,
    ],
    ['a group that nobody explains', { ...whole, pattern: 'acme_(a)' }, /rules\[0\] has a group/],
    ['a group that is not there', { ...whole, pattern: '(a)', group: 2 }, /rules\[0\]\.group .* 0 to 1/],
    ['a name that is not there', { ...whole, pattern: '(a)', group: 'key' }, /rules\[0\]\.group/],
    ['no length', { ...whole, length: undefined }, /rules\[0\]\.length/],
    ['a length without end', { ...whole, length: { max: 5000 } }, /rules\[0\]\.length\.max .* 1024/],
    ['lengths out of order', { ...whole, length: { min: 30, max: 29 } }, /rules\[0\]\.length\.min/],
    ['a validator that is none', { ...whole, validators: ['lun'] }, /rules\[0\]\.validators\[0\] .* luhn/],
    ['an entropy that is none', { ...whole, validators: [{ entropy: 9 }] }, /validators\[0\]\.entropy/],
    ['no examples', { ...whole, examples: undefined }, /rules\[0\]\.examples/],
    ['only examples that match', { ...whole, examples: { match: ['a'], no_match: [] } }, /no_match at least/],
    ['a script for a reference', { ...whole, references: ['javascript:alert(1)'] }, /references\[0\]/],
  ])('with %s is refused by its place', (_name, entry, message) => {
    expect(() => definitionsOf([entry])).toThrow(message);
  });

  it('is refused where its id is taken', () => {
    expect(() => definitionsOf([whole, whole])).toThrow(/rules\[1\]\.id .* earlier/);
  });

  it('is one of no more than two hundred', () => {
    const many = Array.from({ length: 201 }, (_, i) => ({ ...whole, id: `acme-${i}` }));
    expect(() => definitionsOf(many)).toThrow(/rules has more than 200/);
    expect(definitionsOf(many.slice(1))).toHaveLength(200);
  });
});

describe('a validator', () => {
  const uuid = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';
  const cases: Record<string, [value: string, verdict: string][]> = {
    'not-placeholder': [
      ['your-key-here', 'refuted'],
      ['xxxxxxxxxxxx', 'refuted'],
      ['abcdefgh1', 'doubtful'],
      ['k9vTq2LmZ7', 'plausible'],
    ],
    'not-a-word': [
      ['sunshine22', 'refuted'],
      ['changeme', 'refuted'],
      ['s4nsh1ne', 'plausible'],
    ],
    'letters-and-digits': [
      ['onlyletters', 'refuted'],
      ['12345', 'refuted'],
      ['a1', 'plausible'],
    ],
    random: [
      ['hello-there-world', 'refuted'],
      ['k9vTq2LmZ7xW4pRb', 'plausible'],
    ],
    entropy: [
      ['aaaaaaaaab', 'refuted'],
      ['abcdefghij', 'plausible'],
    ],
    hex: [
      ['0123xyz', 'refuted'],
      ['0123abCD', 'plausible'],
    ],
    base64: [
      ['abc', 'refuted'],
      ['a-b_', 'refuted'],
      ['YWJjZA==', 'plausible'],
    ],
    base64url: [
      ['a+b/', 'refuted'],
      ['a-b_c', 'plausible'],
    ],
    uuid: [
      [uuid, 'plausible'],
      [uuid.slice(1), 'refuted'],
    ],
    jwt: [
      ['a.b.c', 'refuted'],
      [`x.${Buffer.from('{"sub":1}').toString('base64url')}.y`, 'proved'],
    ],
    luhn: [
      ['7992 7398 713', 'proved'],
      ['79927398714', 'refuted'],
      ['no digits', 'refuted'],
    ],
    mod97: [
      ['3214282912345698765432161182', 'proved'],
      ['3214282912345698765432161183', 'refuted'],
    ],
    'crc32-base62': [
      ['zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17', 'proved'],
      ['zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq18', 'refuted'],
    ],
  };

  it('is tried here, each of them', () => {
    expect(Object.keys(cases).sort()).toEqual([...validatorNames].sort());
  });

  it.each(Object.entries(cases))('%s judges values', (name, values) => {
    const judge = judgeWith([validatorOf(name, 'here')]);
    for (const [value, verdict] of values) expect([value, judge(value)]).toEqual([value, verdict]);
  });

  it('that refutes outranks one that proves, and a chosen entropy counts', () => {
    expect(judgeWith(['luhn', 'uuid'])('79927398713')).toBe('refuted');
    expect(judgeWith(['luhn', { entropy: 2 }])('79927398713')).toBe('proved');
    expect(judgeWith([{ entropy: 3.9 }])('abcdefghij')).toBe('refuted');
    expect(judgeWith([])('anything')).toBe('plausible');
  });
});
