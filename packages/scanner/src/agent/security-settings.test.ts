import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import schema from '../../schema/security.schema.json' with { type: 'json' };
import { InvalidConfiguration } from '../files/settings-shape.ts';
import { makeTokens } from '../testing/tokens.ts';
import { frameworkNamed, frameworkNames, frameworks } from './frameworks.ts';
import { scaffoldOf } from './scaffold.ts';
import { categoryNames, parseSecurity, securityKeys, securityOf } from './security-settings.ts';

const fits = new Ajv2020({ strict: false, allErrors: true }).compile(schema);
const read = (value: object) => parseSecurity(JSON.stringify(value));
const rule = {
  id: 'acme-badge',
  title: 'Acme badge',
  severity: 'medium',
  category: 'pii',
  keywords: ['badge '],
  pattern: 'badge \\d{6}',
  length: { max: 20 },
  examples: { match: ['badge 700007'], no_match: ['badge 7'] },
};

describe('.memhold/security.yaml', () => {
  it('says what a project guards', async () => {
    const settings = await parseSecurity(`
posture: high
compliance: [HIPAA, pci dss]
custom_patterns: [${JSON.stringify(rule)}]
pii_patterns: [patientId, medical record]
pii_kinds: { email: warn, acme-badge: veto }
thresholds:
  - { severity: medium, category: secrets, path: 'deploy/**', at_least: veto }
allow:
  - { rule: email, path: 'docs/**', reason: maintainers, until: '2027-12-31' }
owners:
  - { path: 'src/**', people: ['@acme/billing', ann@dev.test] }
`);
    expect(settings).toMatchObject({
      posture: 'high',
      compliance: ['hipaa', 'pci-dss'],
      customPatterns: [{ id: 'acme-badge' }],
      piiPatterns: ['patient_id', 'medical_record'],
      piiKinds: { email: 'warn', 'acme-badge': 'veto' },
      thresholds: [{ severity: 'medium', category: 'secret', path: 'deploy/**', outcome: 'veto' }],
      allow: [{ rule: 'email', until: '2027-12-31' }],
      owners: [{ people: ['@acme/billing', 'ann@dev.test'] }],
    });
  });

  it.each([
    ['compliance as one name', { compliance: 'SOC 2' }],
    ['nothing that is stricter', { pii_kinds: { email: 'note' } }],
    ['a category of other tools', { thresholds: [{ category: 'dependency', at_least: 'warn' }] }],
    ['a rule of another tool', { thresholds: [{ rule: 'bandit/B102', at_least: 'block' }] }],
  ])('may hold %s', async (_, value) => {
    await expect(read(value)).resolves.toBeDefined();
    expect(fits(value)).toBe(true);
  });

  it.each<[string, object, RegExp]>([
    ['an unknown key', { postur: 'high' }, /unknown key, perhaps posture is meant/],
    ['an unknown key that is like none', { zzzzzzzz: 1 }, /unknown key: only posture/],
    ['an unknown posture', { posture: 'hihg' }, /posture must be one of medium, high \(high\?\)/],
    ['an unknown framework', { compliance: ['hippa'] }, /compliance\[0\] must be one of .*\(hipaa\?\)/],
    ['a field that is none', { pii_patterns: ['a b c!'] }, /pii_patterns\[0\] must be the name of a field/],
    [
      'a threshold about nothing',
      { thresholds: [{ at_least: 'block' }] },
      /thresholds\[0\] is about nothing/,
    ],
    [
      'a threshold of a note',
      { thresholds: [{ path: 'a', at_least: 'note' }] },
      /must be one of warn, block/,
    ],
    [
      'a threshold that loosens',
      { thresholds: [{ severity: 'critical', at_least: 'warn' }] },
      /looser: what is critical comes to veto at least/,
    ],
    ['another', { thresholds: [{ severity: 'high', at_least: 'warn' }] }, /high comes to block at least/],
    ['a category that is none', { thresholds: [{ category: 'secrts', at_least: 'block' }] }, /\(secrets\?\)/],
    ['an allowance without a reason', { allow: [{ path: 'a', reason: '' }] }, /reason/],
    ['an allowance of everything', { allow: [{ reason: 'so' }] }, /allows everything/],
    ['an owner who is nobody', { owners: [{ path: 'a', people: ['see the wiki'] }] }, /must be a handle/],
    ['nobody', { owners: [{ path: 'a', people: [] }] }, /name somebody/],
    ['a rule without examples', { custom_patterns: [{ ...rule, examples: {} }] }, /custom_patterns\[0\]/],
    ['too many fields', { pii_patterns: Array(101).fill('patient_id') }, /more than 100 entries/],
  ])('is refused whole with %s, and the schema refuses it too', async (_, value, message) => {
    await expect(read(value)).rejects.toThrow(message);
    await expect(read(value)).rejects.toBeInstanceOf(InvalidConfiguration);
    expect(fits(value)).toBe(false);
  });

  it.each<[string, object, RegExp]>([
    ['a kind that no rule has', { pii_kinds: { emial: 'warn' } }, /no rule of personal data has \(email\?\)/],
    ['a kind that is a secret', { pii_kinds: { 'github-token': 'warn' } }, /no rule of personal data/],
    [
      'a kind below its floor',
      { pii_kinds: { 'phone-number': 'note' } },
      /looser: what is medium comes to warn/,
    ],
    ['a pattern that goes back', { custom_patterns: [{ ...rule, pattern: '(a)\\1' }] }, /pattern/],
    ['two rules of one id', { custom_patterns: [rule, rule] }, /custom_patterns\[1\]\.id/],
  ])('is refused with %s, of which a schema knows nothing', async (_, value, message) => {
    await expect(read(value)).rejects.toThrow(message);
  });

  it('does not take a token for a handle, and never quotes what it refuses', async () => {
    const token = makeTokens(93).github();
    for (const value of [
      { owners: [{ path: 'a', people: [`@${token}`] }] },
      { posture: token },
      { [token]: 1 },
      { compliance: token },
      { pii_kinds: { [token]: 'warn' } },
      { thresholds: [{ rule: token, at_least: 'warn' }] },
    ]) {
      const error = await read(value).catch((one: Error) => one.message);
      expect(error).toEqual(expect.any(String));
      expect(error).not.toContain(token.slice(4, 20));
    }
  });

  it.each([
    ['aliases', 'pii_patterns: &a [x_y, &b *a]'],
    ['a bomb of aliases', `a: &a [x]\nb: &b [*a,*a]\nposture: *b`],
    ['a tag', 'posture: !!js/function high'],
    ['a key twice', 'posture: high\nposture: medium'],
    ['two documents', 'posture: high\n---\nposture: medium'],
    ['depth', '['.repeat(20_000)],
    ['nothing', ''],
    ['a list', '- posture'],
    ['a huge text', `# ${'x'.repeat(130_000)}\nposture: high`],
  ])('is refused for %s', async (_, text) => {
    await expect(parseSecurity(text)).rejects.toBeInstanceOf(InvalidConfiguration);
  });

  it('of any value is taken, or refused with words', () => {
    const value = fc.dictionary(fc.constantFrom(...securityKeys, 'else'), fc.jsonValue({ maxDepth: 3 }));
    fc.assert(
      fc.property(value, (one) => {
        try {
          securityOf(one, '');
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidConfiguration);
        }
      }),
    );
  });
});

describe('the schema', () => {
  it('knows every key and every framework', () => {
    expect(Object.keys(schema.properties)).toEqual([...securityKeys]);
    expect(schema.$defs.framework.examples).toEqual(frameworkNames);
    expect(schema.$defs.threshold.properties.category.enum).toEqual(Object.keys(categoryNames));
    for (const name of frameworkNames)
      for (const text of [name, name.toUpperCase(), name.replace('-', ' ')]) {
        expect(frameworkNamed(text)).toBe(name);
        expect(fits({ compliance: [text] }), text).toBe(true);
      }
  });

  it('takes what is taken, of rules too', () => {
    expect(fits({ custom_patterns: [rule] })).toBe(true);
    expect(fits({ custom_patterns: [{ ...rule, patern: 'x' }] })).toBe(false);
  });
});

describe('a first file', () => {
  it.each([[[]], [frameworkNames]])('for %j is valid, and follows them', async (names) => {
    expect(await parseSecurity(scaffoldOf(names))).toMatchObject({ posture: 'medium', compliance: names });
  });

  it('has comments that hold once they are none', async () => {
    const text = scaffoldOf([]).replace(/^# (?=[a-z_]+:| {2})/gm, '');
    const settings = await parseSecurity(text);
    expect(settings).toMatchObject({
      compliance: ['hipaa', 'pci-dss'],
      piiPatterns: ['patient_id', 'medical_record'],
      piiKinds: { email: 'warn' },
      owners: [{ people: ['@acme/billing'] }],
    });
    expect([settings.thresholds.length, settings.allow.length]).toEqual([1, 1]);
  });
});

describe('frameworks', () => {
  it('have fields that are names of fields, and thresholds that no other word has', async () => {
    for (const { fields } of Object.values(frameworks))
      expect((await read({ pii_patterns: [...fields] })).piiPatterns).toEqual([...fields]);
  });
});
