import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sameAddress, shownAddress } from './address.ts';

describe('addresses of repositories', () => {
  it.each([
    ['https://git.test/ann/shop.git', 'git@git.test:ann/shop'],
    [`https://${['ann', 'word'].join(':')}@git.test:8443/ann/shop`, 'ssh://git@git.test/ann/shop.git/'],
    ['https://GIT.test/ann/shop', 'git://git.test/ann/shop.git'],
    ['/srv/shop.git', 'file:///srv/shop'],
    ['../shop', '/srv/shop.git'],
    ['../shop/', '../shop'],
  ])('%s and %s are one', (a, b) => {
    expect(sameAddress(a, '/srv/work')).toBe(sameAddress(b, '/srv/work'));
  });

  it.each([
    ['https://git.test/ann/shop', 'https://git.test/bo/shop'],
    ['https://git.test/ann/shop', 'https://other.test/ann/shop'],
    ['/srv/shop', '/srv/shop2'],
  ])('%s and %s are two', (a, b) => {
    expect(sameAddress(a, '/srv/work')).not.toBe(sameAddress(b, '/srv/work'));
  });

  it('are shown without a credential, wherever it stands', () => {
    const word = 'pA55/w0rd@x9Zq';
    for (const url of [
      `https://ann:${word}@git.test/shop.git`,
      `https://${word}@git.test/shop.git`,
      `https://git.test/shop.git?private_token=${word}`,
      `ann:${word.replace('/', '')}@git.test:shop.git`,
    ])
      expect(shownAddress(url)).not.toMatch(/pA55|w0rd|x9Zq/);
    expect(shownAddress('git@git.test:ann/shop.git')).toBe('git.test:ann/shop.git');
    expect(shownAddress('../remote.git')).toBe('../remote.git');
  });

  it('are read whatever they are', () => {
    fc.assert(
      fc.property(fc.string(), (url) => {
        expect(typeof sameAddress(url, '/a') + typeof shownAddress(url)).toBe('stringstring');
      }),
    );
  });
});
