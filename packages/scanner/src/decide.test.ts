import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Policy } from './decide.ts';
import { decide, memoryWritePolicy, redact } from './decide.ts';
import type { Finding } from './finding.ts';
import { scan } from './scan.ts';
import { makeTokens } from './testing/tokens.ts';

const tokens = makeTokens(30);
const github = tokens.github();
const address = tokens.email();
const password = tokens.password();

const finding = (start: number, end: number, more: Partial<Finding> = {}): Finding => ({
  ruleId: 'a-rule',
  category: 'secret',
  severity: 'high',
  confidence: 'high',
  validated: false,
  title: '',
  start,
  end,
  line: 1,
  column: start + 1,
  preview: '',
  fingerprint: '',
  ...more,
});

describe('the policy of memory writes', () => {
  it('redacts certain secrets and labels personal data', () => {
    const text = `Reach me at ${address}; deploy with ${github}.`;
    const decision = decide(scan(text));
    expect(decision.action).toBe('redact');
    expect(decision.labels).toEqual(['pii:email', 'secret:github-token']);
    expect(redact(text, decision)).toBe(`Reach me at ${address}; deploy with [REDACTED:github-token].`);
  });

  it('only labels what is not certain', () => {
    const text = `the wifi password is ${password}`;
    const decision = decide(scan(text));
    expect(decision).toEqual({ action: 'allow', redactions: [], labels: ['secret:generic-assignment'] });
    expect(redact(text, decision)).toBe(text);
  });

  it('only labels what is public by design', () => {
    const client = `${tokens.digits(12)}-${tokens.body(32, 'abcdefghijklmnopqrstuvwxyz234567')}`;
    const text = `sign in with ${client}.apps.googleusercontent.com`;
    const findings = scan(text);
    expect(findings).toMatchObject([{ severity: 'low', confidence: 'high' }]);
    expect(decide(findings)).toEqual({
      action: 'allow',
      redactions: [],
      labels: ['secret:google-oauth-client-id'],
    });
  });

  it('takes only the password out of a connection string', () => {
    const text = `postgres://app:${tokens.body(16)}@db.internal:5432/app`;
    expect(redact(text, decide(scan(text)))).toBe(
      'postgres://app:[REDACTED:connection-string]@db.internal:5432/app',
    );
  });

  it('passes over what may be personal data and harms little, but not a number that is named', () => {
    const pii = (more: Partial<Finding>) =>
      finding(0, 9, { category: 'pii', ruleId: 'some-number', ...more });
    const uncertain = { validated: false, confidence: 'medium' } as const;
    expect(decide([pii({ ...uncertain, severity: 'low' })]).labels).toEqual([]);
    expect(decide([pii({ ...uncertain, severity: 'medium' })]).labels).toEqual(['pii:some-number']);
    expect(decide([pii({ confidence: 'high', severity: 'low' })]).labels).toEqual(['pii:some-number']);
    const chat = 'We met at 12:30 on 2024-05-06, room 1204, 10.0.0.7 is down, Ada turned 36.';
    expect(decide(scan(chat)).labels).toEqual([]);
  });

  it('allows a text without findings', () => {
    expect(decide([])).toEqual({ action: 'allow', redactions: [], labels: [] });
  });
});

describe('other policies', () => {
  it('reject by severity, and still say what to take out', () => {
    const strict: Policy = {
      ...memoryWritePolicy,
      secret: {
        certain: { critical: 'reject', high: 'redact', medium: 'label', low: 'ignore' },
        uncertain: 'ignore',
      },
    };
    const decision = decide([finding(0, 4, { severity: 'critical' }), finding(6, 8)], strict);
    expect(decision.action).toBe('reject');
    expect(decision.redactions).toHaveLength(2);
    expect(decide([finding(0, 4, { severity: 'low' })], strict).labels).toEqual([]);
    expect(decide([finding(0, 4, { confidence: 'medium' })], strict).action).toBe('allow');
  });

  it('redact personal data where wanted', () => {
    const policy: Policy = { ...memoryWritePolicy, pii: { certain: 'redact', uncertain: 'redact' } };
    expect(redact(`to ${address}!`, decide(scan(`to ${address}!`), policy))).toBe('to [REDACTED:email]!');
  });
});

describe('redaction', () => {
  it('unites overlapping spans under the strongest rule', () => {
    const weak = finding(0, 10, { ruleId: 'weak', severity: 'medium' });
    const strong = finding(5, 15, { ruleId: 'strong', severity: 'critical' });
    expect(decide([strong, weak]).redactions).toEqual([
      { start: 0, end: 15, ruleId: 'strong', placeholder: '[REDACTED:strong]' },
    ]);
  });

  it('refuses a decision about another text', () => {
    expect(() => redact('short', decide([finding(0, 40)]))).toThrow(RangeError);
  });

  it('covers exactly the union of the spans', () => {
    const spans = fc.array(fc.tuple(fc.nat(60), fc.integer({ min: 1, max: 20 })), { maxLength: 10 });
    fc.assert(
      fc.property(spans, (list) => {
        const { redactions } = decide(list.map(([start, length]) => finding(start, start + length)));
        for (let at = 0; at < 90; at++) {
          const isWanted = list.some(([start, length]) => at >= start && at < start + length);
          expect(redactions.some(({ start, end }) => at >= start && at < end)).toBe(isWanted);
        }
      }),
    );
  });
});

describe('a redacted text', () => {
  const generated = fc.integer({ min: 1, max: 1_000_000 }).chain((seed) => {
    const made = makeTokens(seed);
    const values = [
      made.github(),
      made.githubFineGrained(),
      made.gitlab(),
      made.npm(),
      made.slackBot(),
      made.stripe(),
      made.google(),
      made.openai(),
      made.anthropic(),
      made.jwt(),
      made.awsAccessKey(),
      made.pem(),
    ];
    return fc.constantFrom(...values);
  });
  const glue = fc.constantFrom(
    ' ',
    '\n',
    '"',
    ', ',
    '\\n',
    '=',
    ' password: ',
    '密',
    '"}',
    '`',
    '\t',
    '://u:',
  );
  const parts = fc.array(fc.tuple(glue, generated, glue), { minLength: 1, maxLength: 6 });

  it('holds no redacted value, and scanning it again changes nothing', () => {
    fc.assert(
      fc.property(parts, (list) => {
        const text = list.flat().join('');
        const once = redact(text, decide(scan(text)));
        for (const [, value] of list) expect(once).not.toContain(value);
        expect(redact(once, decide(scan(once)))).toBe(once);
      }),
      { numRuns: 400 },
    );
  });
});
