import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide, redact } from '../decide.ts';
import { scan } from '../scan.ts';
import { makeTokens } from '../testing/tokens.ts';
import { decodeText } from './layers.ts';

const tokens = makeTokens(41);
const github = tokens.github();
const base64 = (text: string) => Buffer.from(text).toString('base64');
const wrapped = (text: string, newline: string, width = 64) =>
  (base64(text).match(new RegExp(`.{1,${width}}`, 'g')) ?? []).join(newline);
const each = (text: string, write: (code: number) => string) =>
  Array.from({ length: text.length }, (_, i) => write(text.charCodeAt(i))).join('');
const hexOf = (code: number, width: number) => code.toString(16).padStart(width, '0');

/** Rule, encoding and the span of each finding in decoded text. */
function decodedIn(text: string) {
  return scan(text)
    .filter((finding) => finding.reasons?.[0]?.startsWith('decoded from '))
    .map(({ ruleId, reasons, start, end }) => ({
      ruleId,
      from: reasons![0]!.slice('decoded from '.length),
      span: text.slice(start, end),
    }));
}

describe('a credential is found', () => {
  const long = `${'host: db.internal, port: 5432, '.repeat(4)}token: ${github} and so on\n`;
  it.each([
    ['in base64', `data: ${base64(long)}`, 'base64'],
    ['in URL-safe base64 without padding', `x=${Buffer.from(long).toString('base64url')}&y=1`, 'base64'],
    ['in base64 over lines', `config: |\n  ${wrapped(long, '\n  ')}\nnext: 1\n`, 'base64'],
    ['in base64 over lines of 76 with CRLF', wrapped(long, '\r\n', 76), 'base64'],
    ['in base64 with escaped newlines', `{"file": "${wrapped(long, '\\n')}\\n"}`, 'base64'],
    ['in base64 in joined literals', `a = "${wrapped(long, '" +\n    "')}"`, 'base64'],
    ['in base64 of UTF-16', `-enc ${Buffer.from(long, 'utf16le').toString('base64')}`, 'base64'],
    ['in base64 after a path', `/redirect/to/${base64(long)}`, 'base64'],
    ['in a data URL', `data:text/plain;base64,${base64(long)}`, 'base64'],
    ['in hex', `blob = 0x${Buffer.from(long).toString('hex')}`, 'hex'],
    ['in upper-case hex', Buffer.from(long).toString('hex').toUpperCase(), 'hex'],
    ['in a list of bytes', `{ ${each(github, (code) => `0x${hexOf(code, 2)}, `)} 0x00 }`, 'hex'],
    ['in hex escapes', `"${each(github, (code) => `\\x${hexOf(code, 2)}`)}"`, 'hex escapes'],
    ['in unicode escapes', `"${each(github, (code) => `\\u${hexOf(code, 4)}`)}"`, 'unicode escapes'],
    ['in braced escapes', `"${each(github, (code) => `\\u{${hexOf(code, 1)}}`)}"`, 'unicode escapes'],
    ['in escaped escapes', `"${each(github, (code) => `\\\\u${hexOf(code, 4)}`)}"`, 'unicode escapes'],
    ['in percent-encoding', `?q=${each(github, (code) => `%${hexOf(code, 2)}`)}`, 'percent-encoding'],
    ['in decimal entities', `<p>${each(github, (code) => `&#${code};`)}</p>`, 'HTML entities'],
    ['in hex entities', `<p>${each(github, (code) => `&#x${hexOf(code, 2)};`)}</p>`, 'HTML entities'],
    ['with one escape in it', `t=${github.replace('_', '%5F')}`, 'percent-encoding'],
    ['in escaped backslashes', each(github, (code) => `\\u005cu${hexOf(code, 4)}`), 'unicode escapes'],
    ['in encoded base64', encodeURIComponent(base64(`>>??${long}>>`)), 'percent-encoding, then base64'],
    ['in base64 of hex', base64(Buffer.from(long).toString('hex')), 'base64, then hex'],
    ['in base64 three times', base64(base64(base64(long))), 'base64, then base64, then base64'],
  ])('%s', (_name, text, from) => {
    const [first, ...more] = decodedIn(text);
    expect(first).toMatchObject({ ruleId: 'github-token' });
    expect(more).toEqual([]);
    // The outer layer of a doubly escaped text goes by one name.
    expect([from, `${from}, then ${from}`]).toContain(first!.from);
  });

  it('at the digits that hold it, aligned to groups, with line and column', () => {
    const before = 'spaces before: 1\n'.repeat(3);
    const text = `# ключ\n  key: ${base64(`${before}${github}\n`)}\n`;
    const [finding] = scan(text);
    expect(finding).toMatchObject({ ruleId: 'github-token', line: 2 });
    const at = Math.floor(before.length / 3) * 4;
    expect(finding!.start).toBe(text.indexOf('key: ') + 5 + at);
    expect(finding!.column).toBe(finding!.start - text.indexOf('  key') + 1);
    const span = text.slice(finding!.start, finding!.end);
    expect(Buffer.from(span, 'base64').toString()).toContain(github);
    expect(span.length).toBeLessThanOrEqual((Math.ceil(github.length / 3) + 1) * 4);
  });

  it('by the name that stands before the encoded value', () => {
    const password = tokens.password();
    const [finding] = decodedIn(`db_password: "${each(password, (code) => `\\u${hexOf(code, 4)}`)}"`);
    expect(finding?.ruleId ?? scan(`db_password: "${password}"`)[0]!.ruleId).toBe('generic-assignment');
    const inside = decodedIn(base64(`name: shop\npassword=${password}\nmode: live\n`));
    expect(inside).toMatchObject([{ ruleId: 'generic-assignment', from: 'base64' }]);
  });

  it('of a Kubernetes Secret, once', () => {
    const url = `postgres://shop:${tokens.body(14)}@db.internal:5432/shop`;
    const secret = (name: string, value: string) =>
      `apiVersion: v1\nkind: Secret\ntype: Opaque\ndata:\n  ${name}: ${base64(value)}\n`;
    expect(scan(secret('password', tokens.password()))).toHaveLength(1);
    expect(scan(secret('database-url', url)).map(({ ruleId }) => ruleId)).toEqual(['connection-string']);
    expect(scan(secret('tls.key', tokens.pem())).map(({ ruleId }) => ruleId)).toContain('private-key');
  });
});

describe('nothing is reported', () => {
  it.each([
    ['twice, of a token with an encoded payload', `token: ${tokens.jwt()}`, ['jwt']],
    [
      'twice, of a URL with an escape',
      `postgres://shop:%40${tokens.body(9)}!@db.internal/shop`,
      ['connection-string'],
    ],
    [
      'twice, of a header',
      `Authorization: Basic ${base64(`shop:${tokens.password()}-and-more`)}`,
      ['http-basic-auth'],
    ],
    [
      'of what a secret is made of',
      `session_token = "${base64(`{"email":"${tokens.email()}","id":"${tokens.uuid()}"}`)}"`,
      ['generic-assignment'],
    ],
    ['of a hash', `sha256:${tokens.hex(64)}\nintegrity: "sha512-${tokens.body(86)}=="`, []],
    ['of a picture', `data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA${tokens.body(400)}`, []],
    ['of a public key in DER', `MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A${tokens.body(300)}`, []],
    ['of a stand-in', `ops_EXAMPLE${base64(`xxxx ${github} yyyy`)}`, []],
    ['of doubtful numbers in decoded text', base64('room 555-0100, 10.0.0.7 and 2024-05-06 12:30'), []],
    ['four levels down', base64(base64(base64(base64(`token ${github}`)))), []],
  ])('%s', (_name, text, rules) => {
    expect(scan(text).map(({ ruleId }) => ruleId)).toEqual(rules);
  });
});

describe('what is decoded', () => {
  it('never shows in a finding, and redaction takes the whole encoded span', () => {
    const text = `key: ${base64(`a ${github} b`)} end`;
    const findings = scan(text);
    const reported = JSON.stringify(findings);
    expect(reported).not.toContain(github.slice(4, 12));
    expect(findings.map(({ preview }) => preview)).toEqual(['…(32–63)']);
    expect(redact(text, decide(findings))).toMatch(/^key: .{0,4}\[REDACTED:github-token\].{0,8} end$/);
  });

  it('takes a provider over the assignment of the same value', () => {
    const findings = scan(`api_secret = "${base64(github)}"`);
    expect(findings.map(({ ruleId }) => ruleId)).toEqual(['github-token']);
  });
});

type Encoder = readonly [
  name: string,
  encode: (text: string) => string,
  decode: (text: string) => readonly string[],
];
/** An encoded span may begin and end with some digits of its neighbours, which shift what is inside. */
const trims = (text: string, most: number, decode: (text: string) => string) =>
  Array.from({ length: most + 1 }, (_, i) => decode(text.slice(i)));
const fromBase64 = (text: string) => trims(text, 3, (part) => Buffer.from(part, 'base64').toString('latin1'));
const fromHex = (text: string) => trims(text, 1, (part) => Buffer.from(part, 'hex').toString('latin1'));
const replaced = (pattern: RegExp) => (text: string) => [
  text.replace(pattern, (_, code) => String.fromCharCode(Number.parseInt(code, 16))),
];
const encoders: readonly Encoder[] = [
  ['base64', base64, fromBase64],
  ['base64url', (text) => Buffer.from(text).toString('base64url'), fromBase64],
  ['wrapped base64', (text) => wrapped(text, '\n', 76), fromBase64],
  ['hex', (text) => Buffer.from(text).toString('hex'), fromHex],
  ['percent', (text) => each(text, (code) => `%${hexOf(code, 2)}`), replaced(/%(..)/g)],
  ['component', encodeURIComponent, replaced(/%(..)/g)],
  ['unicode', (text) => each(text, (code) => `\\u${hexOf(code, 4)}`), replaced(/\\+u(....)/g)],
  ['braces', (text) => each(text, (code) => `\\u{${hexOf(code, 2)}}`), replaced(/\\+u\{(..)\}/g)],
  ['entities', (text) => each(text, (code) => `&#x${hexOf(code, 2)};`), replaced(/&#x(..);/g)],
  ['bytes', (text) => each(text, (code) => `0x${hexOf(code, 2)}, `), replaced(/0x(..),?\s*/g)],
];

const ascii = fc.string({ unit: 'grapheme-ascii', maxLength: 60 });
const anything = fc.string({ unit: 'binary', maxLength: 120 });

describe('for any text', () => {
  it('a token in any chain of three encodings is found where it stands', () => {
    const chain = fc.array(fc.constantFrom(...encoders), { minLength: 1, maxLength: 3 });
    const seed = fc.integer({ min: 1, max: 1_000_000 });
    fc.assert(
      fc.property(anything, ascii, chain, seed, ascii, anything, (outer, before, steps, n, after, rest) => {
        const made = makeTokens(n);
        const token = [made.github(), made.awsAccessKey(), made.stripe(), made.gitlab()][n % 4]!;
        const plain = `${before.replace(/[%&\\]/g, '')} the key is ${token} there ${after.replace(/[%&\\]/g, '')}`;
        const encoded = steps.reduce((text, [, encode]) => encode(text), plain);
        const text = `${outer}\n ${encoded} \n${rest}`;
        const spans = scan(text).map(({ start, end }) => text.slice(start, end));
        const holds = (span: string) =>
          [...steps]
            .reverse()
            .reduce<readonly string[]>((texts, [, , decode]) => texts.flatMap(decode), [span])
            .some((decoded) => decoded.includes(token));
        expect(spans.some(holds), steps.map(([name]) => name).join(', ')).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  it('decoding never throws, and no layer is longer than what it was made of', () => {
    const fragment = fc.constantFrom(
      '%',
      '%25',
      '%C3%A9',
      '%f0%9f%98%80',
      '\\',
      '\\u',
      '\\u{1F600}',
      '\\ud83d',
    );
    const more = fc.constantFrom(
      '&#',
      '&#65;',
      '&quot;',
      '0x4',
      '0x41,',
      base64(github),
      base64(base64(github)),
    );
    const hex = fc.constantFrom(
      Buffer.from('какой-то текст, 20 знаков').toString('base64'),
      '\n',
      '=',
      ' ',
      'QUJD',
    );
    const parts = fc.array(fc.oneof(fragment, more, hex, anything), { maxLength: 40 });
    fc.assert(
      fc.property(parts, (list) => {
        const text = list.join('');
        let longest = text.length;
        for (const layer of decodeText(text).whole) {
          expect(layer.text.length).toBeLessThanOrEqual(longest);
          longest = layer.text.length;
          for (let at = 0; at < longest; at++) {
            const origin = layer.originOf(at, at + 1);
            if (origin === undefined) continue;
            expect(origin.start).toBeGreaterThanOrEqual(0);
            expect(origin.end).toBeGreaterThan(origin.start);
            expect(origin.end).toBeLessThanOrEqual(text.length);
          }
        }
        for (const finding of scan(text)) expect(finding.end).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 300 },
    );
  });
});
