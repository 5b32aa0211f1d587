import { createPublicKey, verify } from 'node:crypto';
import { isInnerList, parseDictionary } from 'structured-headers';
import { describe, expect, it } from 'vitest';
import { ed25519PublicKey, ed25519Verifies, verifyHmac } from '../encryption/message-signing.ts';
import { SignatureRefused } from './errors.ts';
import {
  type Component,
  component,
  parseSignatures,
  signatureBase,
  signatureParams,
} from './message-signature.ts';
import type { SignedRequest } from './signed-request.ts';
import type { FieldType } from './structured-fields.ts';
import { KEYS, PROXIED, REQUEST, RESPONSE, SIGNATURES, TRANSFORMED } from './testing/rfc9421.ts';

const EXAMPLES = new Map<string, FieldType>([['example-dict', 'dictionary']]);

/** The base of a message with a Signature-Input member, through the parser. */
function baseOf(request: SignedRequest, input: string, signature: string): string {
  const fields = ['Signature-Input', `sig=${input}`, 'Signature', `sig=:${signature}:`];
  const rawHeaders = [...request.rawHeaders, ...fields];
  const [one] = parseSignatures(rawHeaders);
  return signatureBase({ ...request, rawHeaders }, one!.components, one!.params);
}

/** The lines of a base but for its parameters. */
function linesOf(request: Partial<SignedRequest>, ...components: Component[]): string[] {
  const whole = { method: 'GET', targetUri: 'https://www.example.com/', requestTarget: '/', rawHeaders: [] };
  return signatureBase({ ...whole, ...request }, components, new Map(), EXAMPLES)
    .split('\n')
    .slice(0, -1);
}
const at = (path: string, scheme = 'https') => ({
  method: 'POST',
  targetUri: `${scheme}://www.example.com${path}`,
  requestTarget: path,
});
const fields = (...lines: [string, string][]) => ({ rawHeaders: lines.flat() });

function reasonOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof SignatureRefused) return error.reason;
    throw error;
  }
  return 'accepted';
}

describe('the messages of RFC 9421, appendix B', () => {
  const { b21, b22, b23, b24, b25, b26, section25, b3, b4 } = SIGNATURES;
  const bytes = (text: string) => Buffer.from(text, 'base64');
  const rsaPss = (base: string, signature: string) =>
    verify(
      'sha512',
      Buffer.from(base),
      { key: createPublicKey(KEYS.rsaPss), padding: 6, saltLength: 64 },
      bytes(signature),
    );
  const ecdsa = (base: string, signature: string) =>
    verify(
      'sha256',
      Buffer.from(base),
      { key: createPublicKey(KEYS.eccP256), dsaEncoding: 'ieee-p1363' },
      bytes(signature),
    );

  it.each(Object.entries({ b21, b22, b23, section25 }))('%s: base and RSA-PSS signature', (_, one) => {
    const base = baseOf(REQUEST, one.input, one.signature);
    expect(base).toBe(one.base);
    expect(rsaPss(base, one.signature)).toBe(true);
  });

  it('b24: base and ECDSA signature of a response, whose status line no request has', () => {
    const member = parseDictionary(`sig=${b24.input}`).get('sig')!;
    if (!isInnerList(member)) throw new Error('no inner list');
    const components = member[0] as Component[];
    expect(reasonOf(() => signatureBase(RESPONSE, components, member[1]))).toBe('signature_malformed');
    const lines = signatureBase(RESPONSE, components.slice(1), member[1]).split('\n').slice(0, -1);
    const params = `"@signature-params": ${signatureParams(components, member[1])}`;
    const base = ['"@status": 200', ...lines, params].join('\n');
    expect(base).toBe(b24.base);
    expect(ecdsa(base, b24.signature)).toBe(true);
  });

  it('b25: base and HMAC', () => {
    const base = baseOf(REQUEST, b25.input, b25.signature);
    expect(base).toBe(b25.base);
    expect(verifyHmac(KEYS.sharedSecret, base, bytes(b25.signature))).toBe(true);
  });

  it('b26: base and Ed25519 signature', () => {
    const base = baseOf(REQUEST, b26.input, b26.signature);
    expect(base).toBe(b26.base);
    expect(ed25519Verifies(ed25519PublicKey(KEYS.ed25519), base, bytes(b26.signature))).toBe(true);
  });

  it('b3: what a TLS-terminating proxy signs for its service', () => {
    expect(ecdsa(baseOf(PROXIED, b3.input, b3.signature), b3.signature)).toBe(true);
  });

  it('b4: survives the transformations that it should, and no other', () => {
    const key = ed25519PublicKey(KEYS.ed25519);
    const holds = (request: SignedRequest) =>
      ed25519Verifies(key, baseOf(request, b4.input, b4.signature), bytes(b4.signature));
    expect([TRANSFORMED.signed, ...TRANSFORMED.good].map(holds)).toEqual([true, true, true, true]);
    expect(TRANSFORMED.bad.map(holds)).toEqual([false, false]);
  });
});

describe('header fields, RFC 9421 §2.1', () => {
  const message = fields(
    ['Host', 'www.example.com'],
    ['Date', 'Tue, 20 Apr 2021 02:07:56 GMT'],
    ['X-OWS-Header', '   Leading and trailing whitespace.  \t'],
    ['X-Obs-Fold-Header', 'Obsolete\r\n    line folding.'],
    ['Cache-Control', 'max-age=60'],
    ['Cache-Control', '   must-revalidate'],
    ['Example-Dict', '  a=1,    b=2;x=1;y=2,   c=(a   b   c)'],
    ['X-Empty-Header', ' '],
  );

  it('are trimmed, unfolded and joined', () => {
    const names = ['host', 'date', 'x-ows-header', 'x-obs-fold-header', 'cache-control', 'example-dict'];
    expect(linesOf(message, ...names.map((name) => component(name)), component('x-empty-header'))).toEqual([
      '"host": www.example.com',
      '"date": Tue, 20 Apr 2021 02:07:56 GMT',
      '"x-ows-header": Leading and trailing whitespace.',
      '"x-obs-fold-header": Obsolete line folding.',
      '"cache-control": max-age=60, must-revalidate',
      '"example-dict": a=1,    b=2;x=1;y=2,   c=(a   b   c)',
      '"x-empty-header": ',
    ]);
  });

  it('are written strictly with sf, also from several lines', () => {
    const strict = '"example-dict";sf: a=1, b=2;x=1;y=2, c=(a b c)';
    expect(linesOf(message, component('example-dict', { sf: true }))).toEqual([strict]);
    const lines = fields(['Example-Dict', 'a=1 '], ['example-dict', ' b=2;x=1;y=2,   c=(a   b   c)']);
    expect(linesOf(lines, component('example-dict', { sf: true }))).toEqual([strict]);
  });

  it('give up single members with key', () => {
    const dictionary = fields(['Example-Dict', '  a=1, b=2;x=1;y=2, c=(a   b    c), d']);
    const members = ['a', 'd', 'b', 'c'].map((key) => component('example-dict', { key }));
    expect(linesOf(dictionary, ...members)).toEqual([
      '"example-dict";key="a": 1',
      '"example-dict";key="d": ?1',
      '"example-dict";key="b": 2;x=1;y=2',
      '"example-dict";key="c": (a b c)',
    ]);
    expect(reasonOf(() => linesOf(dictionary, component('example-dict', { key: 'e' })))).toBe(
      'signature_wrong',
    );
  });

  it('keep their lines apart with bs', () => {
    const two = fields(['Example-Header', 'value, with, lots'], ['Example-Header', 'of, commas']);
    const one = fields(['Example-Header', 'value, with, lots, of, commas']);
    const plain = component('example-header');
    const wrapped = component('example-header', { bs: true });
    expect(linesOf(two, plain)).toEqual(linesOf(one, plain));
    expect(linesOf(two, wrapped)).toEqual([
      '"example-header";bs: :dmFsdWUsIHdpdGgsIGxvdHM=:, :b2YsIGNvbW1hcw==:',
    ]);
    expect(linesOf(one, wrapped)).toEqual([
      '"example-header";bs: :dmFsdWUsIHdpdGgsIGxvdHMsIG9mLCBjb21tYXM=:',
    ]);
    const latin = fields(['Example-Header', 'caf\u00e9']);
    expect(linesOf(latin, wrapped)).toEqual([
      `"example-header";bs: :${Buffer.from([0x63, 0x61, 0x66, 0xe9]).toString('base64')}:`,
    ]);
  });

  it('are refused when the base could be read in two ways, or a parameter would be ignored', () => {
    const value = (text: string) => fields(['x', text], ['Example-Dict', 'a=1.0']);
    const of = (text: string, parameters = {}, name = 'x') =>
      reasonOf(() => linesOf(value(text), component(name, parameters)));
    for (const text of [
      'a\n"@method": GET',
      'a\r\nb',
      'a\rb',
      'a\0',
      'caf\u00e9',
      '\u00a0',
      '\u2028',
      'a\x7f',
    ])
      expect(of(text), JSON.stringify(text)).toBe('signature_malformed');
    expect(of('a', { bs: true })).toBe('accepted');
    expect(of('a\u2028', { bs: true })).toBe('signature_malformed');
    const parameters = [
      { req: true },
      { tr: true },
      { sf: true },
      { key: 'a' },
      { name: 'a' },
      { unknown: true },
      { bs: false },
      { bs: true, sf: true },
      { bs: true, key: 'a' },
    ];
    for (const one of parameters) expect(of('a', one), JSON.stringify(one)).toBe('signature_malformed');
    expect(of('', { sf: true }, 'example-dict'), '1.0 and 1 are two values').toBe('signature_malformed');
    expect(of('', { key: 'a' }, 'example-dict')).toBe('signature_malformed');
    expect(of('', { key: 1 }, 'example-dict')).toBe('signature_malformed');
    for (const name of ['X', 'x y', '', 'x:', 'x"', '\u017f'])
      expect(of('a', {}, name), name).toBe('signature_malformed');
    expect(of('a', {}, 'absent')).toBe('signature_wrong');
  });
});

describe('derived components, RFC 9421 §2.2', () => {
  const value = (request: Partial<SignedRequest>, name: string) => linesOf(request, component(name))[0];

  it('are those of the RFC', () => {
    const request = at('/path?param=value');
    expect(value(request, '@method')).toBe('"@method": POST');
    expect(value(request, '@target-uri')).toBe('"@target-uri": https://www.example.com/path?param=value');
    expect(value(request, '@authority')).toBe('"@authority": www.example.com');
    expect(value(at('/path?param=value', 'http'), '@scheme')).toBe('"@scheme": http');
    for (const requestTarget of [
      '/path?param=value',
      'https://www.example.com/path?param=value',
      'a.example:80',
      '*',
    ])
      expect(value({ requestTarget }, '@request-target')).toBe(`"@request-target": ${requestTarget}`);
    expect(value(request, '@path')).toBe('"@path": /path');
    const query = '?param=value&foo=bar&baz=bat%2Dman';
    expect(value(at(`/path${query}`), '@query')).toBe(`"@query": ${query}`);
    expect(value(at('/path?queryString'), '@query')).toBe('"@query": ?queryString');
    expect(value(at('/path'), '@query')).toBe('"@query": ?');
  });

  it('normalize the authority, and leave the path as it is', () => {
    const authority = (targetUri: string) =>
      value({ targetUri }, '@authority')!.slice('"@authority": '.length);
    expect(authority('HTTPS://WWW.Example.com:443/')).toBe('www.example.com');
    expect(authority('http://www.example.com:80')).toBe('www.example.com');
    expect(authority('http://www.example.com:443/')).toBe('www.example.com:443');
    expect(authority('https://[::1]:8002/')).toBe('[::1]:8002');
    expect(authority('https://[::1]/')).toBe('[::1]');
    expect(value(at('/a/../%7Eb//c;d'), '@path')).toBe('"@path": /a/../%7Eb//c;d');
    expect(value({ targetUri: 'https://www.example.com?q' }, '@path')).toBe('"@path": /');
  });

  it('read query parameters as forms do, and write them in one way', () => {
    const param = (query: string, name: string) => linesOf(at(query), component('@query-param', { name }))[0];
    const simple = '/path?param=value&foo=bar&baz=batman&qux=';
    expect(param(simple, 'baz')).toBe('"@query-param";name="baz": batman');
    expect(param(simple, 'qux')).toBe('"@query-param";name="qux": ');
    expect(param(simple, 'param')).toBe('"@query-param";name="param": value');
    const encoded =
      '/parameters?var=this%20is%20a%20big%0Amultiline%20value&bar=with+plus+whitespace&fa%C3%A7ade%22%3A%20=something';
    expect(param(encoded, 'var')).toBe('"@query-param";name="var": this%20is%20a%20big%0Amultiline%20value');
    expect(param(encoded, 'bar')).toBe('"@query-param";name="bar": with%20plus%20whitespace');
    expect(param(encoded, 'fa%C3%A7ade%22%3A%20')).toBe(
      '"@query-param";name="fa%C3%A7ade%22%3A%20": something',
    );
    expect(param("/?a=!'()~*", 'a')).toBe('"@query-param";name="a": %21%27%28%29%7E*');
    expect(reasonOf(() => param(simple, 'absent'))).toBe('signature_wrong');
    for (const name of ['fa\u00e7ade": ', 'fa%c3%a7ade%22%3A%20', 'v%61r', '%', '%ff', 'bar ', ''])
      expect(
        reasonOf(() => param(encoded, name)),
        name,
      ).toBe('signature_wrong');
    expect(
      reasonOf(() => param('/?a=1&a=2', 'a')),
      'which of the two?',
    ).toBe('signature_wrong');
  });

  it('are refused when unknown, not of requests, or with parameters', () => {
    const names = [
      '@status',
      '@signature-params',
      '@query-params',
      '@',
      '@METHOD',
      '@constructor',
      '@toString',
    ];
    for (const name of names)
      expect(
        reasonOf(() => linesOf(at('/'), component(name))),
        name,
      ).toBe('signature_malformed');
    for (const parameters of [{ req: true }, { sf: true }, { name: 'a' }])
      expect(reasonOf(() => linesOf(at('/'), component('@method', parameters)))).toBe('signature_malformed');
    for (const parameters of [{}, { name: true }, { name: 'a', req: true }])
      expect(reasonOf(() => linesOf(at('/?a=1'), component('@query-param', parameters)))).toBe(
        'signature_malformed',
      );
    for (const targetUri of [
      '/path',
      'https://',
      'https://u:p@a.example/',
      'https://a.example/#b',
      'https://a b/',
    ])
      expect(
        reasonOf(() => linesOf({ targetUri }, component('@authority'))),
        targetUri,
      ).toBe('signature_malformed');
    for (const method of ['GET\n"@path": /', ' GET', 'GET ', 'G\u00c9T'])
      expect(
        reasonOf(() => linesOf({ method }, component('@method'))),
        method,
      ).toBe('signature_malformed');
  });

  it('stand once each, in whatever order their parameters come', () => {
    const twice = [component('@method'), component('@method')];
    expect(reasonOf(() => linesOf(at('/'), ...twice))).toBe('signature_malformed');
    const dictionary = fields(['Example-Dict', 'a=1']);
    const a = component('example-dict', { sf: true, key: 'a' });
    const b = component('example-dict', { key: 'a', sf: true });
    expect(reasonOf(() => linesOf(dictionary, a))).toBe('accepted');
    expect(reasonOf(() => linesOf(dictionary, a, b))).toBe('signature_malformed');
  });
});

describe('the signature fields, RFC 9421 §4', () => {
  const parse = (input: string | undefined, signature: string | undefined) =>
    parseSignatures([
      ...(input === undefined ? [] : ['Signature-Input', input]),
      ...(signature === undefined ? [] : ['signature', signature]),
    ]);

  it('are read with their labels, also from several lines', () => {
    expect(parse(undefined, undefined)).toEqual([]);
    const read = parseSignatures([
      ...['Signature-Input', 'a=("@method" "x";sf);created=1;keyid="k"'],
      ...['signature-input', 'b=()'],
      ...['Signature', 'a=:AAE=:,b=:Ag==:'],
    ]);
    expect(read).toEqual([
      {
        label: 'a',
        components: [component('@method'), component('x', { sf: true })],
        params: new Map<string, unknown>([
          ['created', 1],
          ['keyid', 'k'],
        ]),
        signature: Uint8Array.of(0, 1),
      },
      { label: 'b', components: [], params: new Map(), signature: Uint8Array.of(2) },
    ]);
  });

  it.each<[string, string | undefined, string | undefined]>([
    ['one field without the other', 'a=()', undefined],
    ['one field without the other', undefined, 'a=:AA==:'],
    ['empty fields', '', ''],
    ['labels that do not match', 'a=()', 'b=:AA==:'],
    ['a signature too many', 'a=()', 'a=:AA==:, b=:AA==:'],
    ['an input too many', 'a=(), b=()', 'a=:AA==:'],
    ['a label twice', 'a=(), a=()', 'a=:AA==:'],
    ['a signature twice', 'a=()', 'a=:AA==:, a=:AQ==:'],
    ['a parameter twice', 'a=();created=1;created=2', 'a=:AA==:'],
    ['a component parameter twice', 'a=("x";key="a";key="b")', 'a=:AA==:'],
    ['no inner list', 'a="@method"', 'a=:AA==:'],
    ['no bytes', 'a=()', 'a="AA=="'],
    ['a list of signatures', 'a=()', 'a=(:AA==:)'],
    ['a signature with parameters', 'a=()', 'a=:AA==:;x'],
    ['component names that are no strings', 'a=(date)', 'a=:AA==:'],
    ['whitespace within the list', 'a=( "x")', 'a=:AA==:'],
    ['whitespace before a parameter', 'a=(); created=1', 'a=:AA==:'],
    ['a number with a leading zero', 'a=();created=01', 'a=:AA==:'],
    ['a decimal for a whole number', 'a=();created=1.0', 'a=:AA==:'],
    ['a flag written out', 'a=("x";sf=?1)', 'a=:AA==:'],
    ['bytes without padding', 'a=()', 'a=:AA:'],
    ['bytes with stray bits', 'a=()', 'a=:AB==:'],
    ['five labels', 'a=(), b=(), c=(), d=(), e=()', 'a=:AA==:, b=:AA==:, c=:AA==:, d=:AA==:, e=:AA==:'],
    ['33 components', `a=(${Array.from({ length: 33 }, (_, i) => `"x${i}"`).join(' ')})`, 'a=:AA==:'],
    ['what is no dictionary', '=', '='],
  ])('are refused with %s', (_, input, signature) => {
    expect(reasonOf(() => parse(input, signature))).toBe('signature_malformed');
  });

  it('may be as long as their limits', () => {
    const labels = ['a', 'b', 'c', 'd'];
    const all = (value: string) => labels.map((label) => `${label}=${value}`).join(', ');
    expect(parse(all('()'), all(':AA==:'))).toHaveLength(4);
    const components = Array.from({ length: 32 }, (_, i) => `"x${i}"`).join(' ');
    expect(parse(`a=(${components})`, 'a=:AA==:')[0]!.components).toHaveLength(32);
    const rest = 8192 - 'a=();tag=""'.length - 'a=:AA==:'.length;
    expect(parse(`a=();tag="${'x'.repeat(rest)}"`, 'a=:AA==:')).toHaveLength(1);
    expect(reasonOf(() => parse(`a=();tag="${'x'.repeat(rest + 1)}"`, 'a=:AA==:'))).toBe(
      'signature_malformed',
    );
  });
});
