import { describe, expect, it } from 'vitest';
import { screen } from './screening.ts';

/** Made here, so that no secret stands in the repository. */
const accessKey = `AKIA${'QWERTZUIOPASDFGH'.split('').reverse().join('')}`;

describe('the screen of a memory', () => {
  it('lets ordinary text through unchanged and says so', () => {
    const text = 'Ana moved to Lisbon in May; her dog loves the beach.';
    const screened = screen(text, { mood: 'happy', n: 3, nested: { list: ['a', null, true] } });
    expect(screened).toMatchObject({ text, redacted: false, screening: { action: 'allowed', findings: [] } });
    expect(screened.metadata).toEqual({ mood: 'happy', n: 3, nested: { list: ['a', null, true] } });
  });

  it('redacts a proved secret wherever it stands: text, metadata values at any depth, metadata names', () => {
    const screened = screen(`the key is ${accessKey}`, {
      deep: { list: [`again ${accessKey}`] },
      [`name ${accessKey}`]: 1,
    });
    expect(JSON.stringify(screened)).not.toContain(accessKey);
    expect(screened.redacted).toBe(true);
    expect(screened.screening.action).toBe('redacted');
    expect(screened.screening.findings.filter(({ action }) => action === 'redacted')).toHaveLength(3);
  });

  it('takes a metadata name as the context of its value', () => {
    const { screening } = screen('x', { password: 'kR7#mQ2v!xTz9pLw' });
    expect(screening.labels).toContain('secret:generic-assignment');
  });

  it('labels personal data and leaves it', () => {
    const text = 'write to ana.silva@lisbon-mail.pt';
    const screened = screen(text, {});
    expect(screened.text).toBe(text);
    expect(screened.screening.labels).toEqual(['pii:email']);
  });
});
