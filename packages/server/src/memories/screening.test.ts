import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Metadata } from '../json.ts';
import { screen, screenEntities } from './screening.ts';

/** Made here, so that no secret stands in the repository. */
const accessKey = `AKIA${[...'QWERTZUIOPASDFGH'].reverse().join('')}`;
const secretKey = [...'wJalrXUtnFEMIK7MDENGbPxRfiCYzQpLsT3vNw0a'].reverse().join('');
const ordinary = (text: string, metadata: Metadata = {}) => screen({ text, metadata });

describe('the screen of a memory', () => {
  it('lets ordinary text through unchanged and says so', () => {
    const text = 'Ana moved to Lisbon in May; her dog loves the beach.';
    const metadata = { mood: 'happy', n: 3, nested: { list: ['a', null, true] } };
    expect(ordinary(text, metadata)).toEqual({
      content: { text, metadata },
      redacted: false,
      screening: { action: 'allowed', findings: [], labels: [] },
    });
  });

  it('redacts a proved secret wherever a caller can write', () => {
    const screened = screen({
      text: `the key is ${accessKey}`,
      metadata: { deep: { list: [`again ${accessKey}`] }, [`name ${accessKey}`]: 1 },
      role: accessKey,
      speaker: accessKey,
      thread: `thread-${accessKey}`,
      categories: [accessKey],
    });
    expect(JSON.stringify(screened)).not.toContain(accessKey);
    expect(screened.screening.action).toBe('redacted');
    expect(screened.screening.findings.filter(({ action }) => action === 'redacted')).toHaveLength(7);
  });

  it('says nothing of what its policy ignores', () => {
    const text = 'The printer answers at 192.168.7.20 in the hall.';
    expect(ordinary(text).screening).toEqual({ action: 'allowed', findings: [], labels: [] });
    expect(ordinary('Write to ana.lima@example.org, please.').screening).toMatchObject({
      findings: [{ rule: 'email', action: 'labelled' }],
      labels: ['pii:email'],
    });
  });

  it('takes the names that lead to a value as its context, through lists and objects', () => {
    const name = 'aws_secret_access_key';
    for (const metadata of [
      { [name]: secretKey },
      { [name]: [secretKey] },
      { [name]: { value: secretKey } },
    ]) {
      const screened = ordinary('x', metadata);
      expect(JSON.stringify(screened)).not.toContain(secretKey);
      expect(screened.screening.labels).toContain('secret:aws-secret-key');
    }
    expect(ordinary('x', { password: `kR7#mQ2v${'!xTz9pLw'}` }).screening.labels).toContain(
      'secret:generic-assignment',
    );
  });

  it('never says redacted and keeps the value, also when the secret begins in the name', () => {
    const pem = '-----BEGIN RSA PRIVATE KEY-----';
    const body = `${'MIIEpAIBAAKCAQEA'.repeat(12)}\n-----END RSA PRIVATE KEY-----`;
    const screened = ordinary('x', { [pem]: body });
    if (screened.redacted) expect(JSON.stringify(screened.content)).not.toContain('MIIEpAIBAAKCAQEAMIIE');
    const both = ordinary('x', { [`aws_secret_access_key ${accessKey} aws_secret_access_key`]: secretKey });
    expect(JSON.stringify(both)).not.toContain(secretKey);
    expect(JSON.stringify(both)).not.toContain(accessKey);
  });

  it('keeps both values of two names that look alike once redacted', () => {
    const other = `${accessKey.slice(0, -1)}Z`;
    const { content } = ordinary('x', { [accessKey]: 'first', [other]: 'second' });
    expect(Object.values(content.metadata).sort()).toEqual(['first', 'second']);
  });

  it('labels personal data and leaves it, numbers included', () => {
    const text = 'write to ana.silva@lisbon-mail.pt';
    // The card number that payment providers publish for tests.
    const card = Number('4111'.padEnd(16, '1'));
    const screened = ordinary(text, { card });
    expect(screened.content.text).toBe(text);
    expect(screened.content.metadata).toEqual({ card });
    expect(screened.screening.labels).toEqual(['pii:email', 'pii:payment-card']);
  });

  it('changes no metadata in which it finds nothing', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (metadata) => {
        const { screening, content } = ordinary('x', metadata as Metadata);
        if (screening.findings.length === 0) expect(content.metadata).toEqual(metadata);
      }),
    );
  });
});

it('an entity id that is a secret is refused, because ids cannot be redacted', () => {
  expect(() => screenEntities({ user_id: accessKey })).toThrow(/user_id/);
  expect(() => screenEntities({ user_id: 'ana', run_id: 'session 4' })).not.toThrow();
});
