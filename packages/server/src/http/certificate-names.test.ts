import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { certificateName, certificateNames } from './certificate-names.ts';
import { authority, type TestName } from './testing/certificates.ts';

const ca = authority();
const namesOf = (...names: TestName[]) => certificateNames(ca.issue({ names }).certificate.subjectAltName);

describe('the names of a certificate', () => {
  it('are what it says, in one spelling', () => {
    expect(
      namesOf(
        ['DNS', 'Agent-1.Example.ORG'],
        ['URI', 'spiffe://Example.org/Agent/1'],
        ['email', 'Agent@Example.org'],
        ['IP', '10.0.0.5'],
        ['IP', '2001:db8:0:0:0:0:0:1'],
        ['DNS', 'agent-1.example.org'],
      ),
    ).toEqual([
      'DNS:agent-1.example.org',
      'URI:spiffe://Example.org/Agent/1',
      'email:Agent@example.org',
      'IP:10.0.0.5',
      'IP:2001:db8::1',
    ]);
    expect(certificateNames(ca.issue().certificate.subjectAltName)).toEqual([]);
  });

  it('leave out wildcards and kinds that are not known', () => {
    expect(namesOf(['DNS', '*.example.org'], ['UPN', 'a@b'], ['UPN', 'x, DNS:admin'], ['DNS', 'a'])).toEqual([
      'DNS:a',
    ]);
  });

  it.each<TestName>([
    ['DNS', 'a.example, DNS:admin.example'],
    ['DNS', "a.example', DNS:admin.example"],
    ['DNS', 'a.example\0.evil'],
    ['DNS', 'a.example\nDNS:admin.example'],
    ['DNS', 'a\u00e9.example'],
    ['DNS', 'a b'],
    ['DNS', ''],
    ['DNS', 'a..b'],
    ['DNS', '-a'],
    ['DNS', 'DNS:a'],
    ['URI', 'urn:a, DNS:admin.example'],
    ['URI', 'urn:a,b'],
    ['URI', 'urn:"a"'],
    ['URI', 'no scheme'],
    ['URI', 'urn:'],
    ['email', 'a'],
    ['email', '@example.org'],
    ['email', 'a@b@example.org'],
    ['email', 'a, email:admin@example.org'],
    ['IP', '1.2.3'],
  ])('are not believed when one of them is %s:%j', (...name) => {
    expect(namesOf(['DNS', 'good.example'], name)).toBeUndefined();
  });

  it.each(['othername:"x, DNS:admin', 'othername:x", DNS:admin', 'DNS:a, ', ', DNS:a', 'DNS:a,DNS:b', 'a'])(
    'are not guessed from a text that ends otherwise than it began: %s',
    (text) => expect(certificateNames(text)).toBeUndefined(),
  );

  it('are not believed without bound', () => {
    const many = Array.from({ length: 65 }, (_, i): TestName => ['DNS', `a${i}.example`]);
    expect(namesOf(...many.slice(1))).toHaveLength(64);
    expect(namesOf(...many)).toBeUndefined();
    expect(namesOf(['URI', `urn:${'a'.repeat(509)}`])).toBeUndefined();
  });

  it('are never more than were issued, whatever is written into one', () => {
    const nasty = fc.string({
      unit: fc.constantFrom(
        'a',
        'B',
        '.',
        '-',
        '@',
        ':',
        ',',
        ' ',
        '"',
        "'",
        '\\',
        '/',
        '*',
        '\n',
        '\0',
        '\u00e9',
        'DNS:',
        ', DNS:',
        '\\u002c',
      ),
      maxLength: 12,
    });
    const name = fc.tuple(
      fc.constantFrom('DNS', 'URI', 'email', 'UPN'),
      fc.oneof(nasty, fc.domain(), fc.webUrl()),
    );
    fc.assert(
      fc.property(fc.array(name as fc.Arbitrary<TestName>, { maxLength: 4 }), (names) => {
        const issued = names.map(([kind, value]) => certificateName(`${kind}:${value}`));
        const found = namesOf(...names);
        if (found === undefined) return;
        for (const one of found) expect(issued).toContain(one);
        for (const one of issued) if (one !== undefined) expect(found).toContain(one);
      }),
      { numRuns: 300 },
    );
  });

  it('read from any text end or are refused, and come out as they would go in', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('DNS:', 'a', ', ', '"', '\\', ',') })),
        (text) => {
          for (const name of certificateNames(text) ?? []) expect(certificateName(name)).toBe(name);
        },
      ),
    );
  });
});

it('a name that an administrator writes is spelled as the certificate is read', () => {
  expect(certificateName('DNS:Agent.Example.org')).toBe('DNS:agent.example.org');
  expect(certificateName('IP:2001:DB8:0:0:0:0:0:1')).toBe('IP:2001:db8::1');
  for (const none of [
    '',
    'agent',
    'CN:agent',
    'dns:agent',
    'DNS:*.example.org',
    'IP:fe80::1%eth0',
    '__proto__:a',
    'toString:a',
  ])
    expect(certificateName(none), none).toBeUndefined();
});
