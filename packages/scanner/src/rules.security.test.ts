import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { providerRules } from './providers/providers.ts';
import { rules } from './rules.ts';
import { scan } from './scan.ts';
import { casesOf } from './testing/cases.ts';
import { isLinear } from './testing/linear-cost.ts';
import { makeTokens } from './testing/tokens.ts';

const tokens = makeTokens(99);
const units: Record<string, string> = {
  'addresses without end': 'a@',
  'address-like runs': 'a@a.',
  'local parts': `${'a'.repeat(63)}@`,
  digits: '4',
  'digits and spaces': '4 ',
  'digits and dashes': '4-',
  'card groups': '4111-',
  'openings of PEM': '-----BEGIN ',
  'headers of PEM': '-----BEGIN RSA PRIVATE KEY-----',
  'headers of PEM with a body': `-----BEGIN RSA PRIVATE KEY-----\n${'A'.repeat(64)}\n`,
  'one letter': 'a',
  'one space': ' ',
  newlines: '\n',
  backslashes: '\\',
  quotes: '"',
  schemes: 'a://',
  authorities: 'a://b:c<',
  'headers of JWT': `${tokens.jwt().split('.')[0]}.`,
  'beginnings of JWT': 'eyJ',
  'assignments without value': 'password=',
  'assignments with a quote': 'password="',
  'assignments in one line': `password="${'a1b2c3'}" `,
  'names with a pair to come': '"password", ',
  'names and blanks': `password${' '.repeat(40)}`,
  'blocks of YAML': 'password: |\n  ',
  'lists of YAML': 'password:\n - ',
  'types without value': 'password: a|a|a',
  'wrapped values': 'password = a(',
  'SQL without value': 'identified with a by ',
  'users without password': ' -u a:',
  'curl with users': 'curl -u a:b ',
  'headers without value': 'Authorization: Basic ',
  'headers with half a value': `Authorization: Basic ${'QUFB'.repeat(20)}`,
  'bearers without end': `Bearer ${'a1b2'.repeat(30)}`,
  'names without end': 'token_',
  'names in prose': 'ssn is ',
  'key ids': `${tokens.awsAccessKey()} `,
  addresses: `${tokens.email()} `,
  'two-byte text': '密钥 key: ',
  'lone surrogates': '\ud800',
};
for (const rule of rules) {
  if (providerRules.includes(rule)) continue;
  for (const keyword of rule.keywords) {
    units[`${rule.id}: ${keyword}`] = keyword;
    units[`${rule.id}: ${keyword} and a space`] = `${keyword} `;
  }
}

/** Keywords of provider rows by the four dozen: each is in, and the test stays short with hundreds of them. */
const perUnit = 48;
const providerKeywords = [...new Set(providerRules.flatMap((rule) => rule.keywords))];
for (let i = 0; i < providerKeywords.length; i += perUnit) {
  const some = providerKeywords.slice(i, i + perUnit);
  units[`provider keywords ${some[0]} to ${some.at(-1)}`] = some.join('');
  units[`provider keywords ${some[0]} to ${some.at(-1)}, assigned`] = some.map((one) => `${one}:a `).join('');
}
for (const [index, { id }] of providerRules.entries()) {
  if (index % 32 === 0) units[`values of ${id}`] = `${casesOf[id]!.positives[0]!.text} `;
}

describe('hostile texts cost linear time', () => {
  it.each(Object.entries(units))('%s', (_name, unit) => {
    expect(isLinear(scan, unit, 12_288)).toBe(true);
  });

  it('are linear in megabytes too, where a window that grows with the text would show', () => {
    for (const unit of Object.values(units).slice(0, 12)) expect(isLinear(scan, unit, 100_000)).toBe(true);
  });
});

describe('a finding', () => {
  it('never holds the secret, nor more than half of it', () => {
    for (const [id, { positives }] of Object.entries(casesOf)) {
      for (const { text, value } of positives) {
        const reported = JSON.stringify(scan(text));
        const tail = value.slice(Math.ceil(value.length / 2));
        expect(reported.includes(tail), `${id} shows ${tail}`).toBe(false);
      }
    }
  });
});

describe('the sources of the scanner', () => {
  it('hold no secret that the scanner would redact', () => {
    const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' });
    const sources = files.filter((file) => file.endsWith('.ts'));
    expect(sources.length).toBeGreaterThan(40);
    const found = sources.flatMap((file) =>
      scan(readFileSync(`${import.meta.dirname}/${file}`, 'utf8'))
        .filter(
          (finding) => finding.category === 'secret' && (finding.validated || finding.confidence === 'high'),
        )
        .map((finding) => `${file}:${finding.line} ${finding.ruleId}`),
    );
    expect(found).toEqual([]);
  });
});
