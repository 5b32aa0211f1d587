import { describe, expect, it } from 'vitest';
import { CredentialCache } from './credential-cache.ts';
import { credentialOf } from './credentials.ts';

const KEY = 'mh_abc_def';

describe('the credential of a request', () => {
  it('is a token or a key, where clients put it', () => {
    expect(credentialOf({})).toEqual({ kind: 'none' });
    expect(credentialOf({ authorization: 'Bearer a.b.c' })).toEqual({ kind: 'token', text: 'a.b.c' });
    for (const headers of [
      { authorization: `Bearer ${KEY}` },
      { authorization: `bearer ${KEY}` },
      { authorization: `Token ${KEY}` },
      { 'x-api-key': KEY },
      { authorization: `Token ${KEY}`, 'x-api-key': KEY },
    ])
      expect(credentialOf(headers)).toEqual({ kind: 'api_key', text: KEY });
  });

  it('is refused in other forms, and when there are two', () => {
    for (const headers of [
      { authorization: 'Token a.b.c' },
      { authorization: 'Basic YTpi' },
      { authorization: KEY },
      { authorization: '' },
      { authorization: `Bearer ${KEY}, Bearer ${KEY}` },
      { authorization: `Bearer ${'x'.repeat(5000)}` },
      { 'x-api-key': 'a.b.c' },
      { 'x-api-key': '' },
      { 'x-api-key': [KEY, KEY] },
    ])
      expect(credentialOf(headers)).toEqual({ kind: 'refused', reason: 'malformed' });
    for (const authorization of ['Bearer a.b.c', `Bearer ${KEY}2`])
      expect(credentialOf({ authorization, 'x-api-key': KEY })).toEqual({
        kind: 'refused',
        reason: 'conflicting',
      });
  });
});

describe('the credential cache', () => {
  it('keeps no more than its limit, and forgets by account', async () => {
    const cache = new CredentialCache(3);
    for (let i = 0; i < 5; i++) {
      const actor = { kind: 'account', id: `a${i}`, account: { row: i % 2 }, session: `s${i}` };
      await cache.prove(`token ${i}`, 0, async () => ({
        actor: actor as never,
        expiresAt: 100,
        mustChangePassword: false,
      }));
    }
    expect(cache.size).toBe(3);
    expect([0, 1, 2, 3, 4].map((i) => cache.get(`token ${i}`, 1) !== undefined)).toEqual([
      false,
      false,
      true,
      true,
      true,
    ]);
    cache.forgetAccount(0);
    expect([2, 3, 4].map((i) => cache.get(`token ${i}`, 1) !== undefined)).toEqual([false, true, false]);
    cache.forgetSession('s3');
    expect(cache.size).toBe(0);
  });

  it('keeps nothing that was looked up while something ended', async () => {
    const cache = new CredentialCache();
    const actor = { kind: 'account', id: 'a', account: { row: 1 }, session: 's' };
    const found = { actor: actor as never, expiresAt: 100, mustChangePassword: false };
    await cache.prove('token', 0, async () => {
      cache.forgetSession('s');
      return found;
    });
    expect(cache.get('token', 1)).toBeUndefined();
    await cache.prove('token', 0, async () => found);
    expect(cache.get('token', 1)).toMatchObject({ actor });
  });
});
