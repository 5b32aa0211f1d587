import { describe, expect, it } from 'vitest';
import { isWebhookUrl, refusalOf } from './target.ts';

describe('the address of a webhook', () => {
  it.each([
    'https://hooks.example.org/in?token=abc',
    'https://10.0.0.5:8443/in',
    'http://127.0.0.1:3000/in',
    'http://localhost/in',
    'http://[::1]:9/in',
  ])('%s may be given', (url) => expect(isWebhookUrl(url)).toBe(true));

  it.each([
    'http://hooks.example.org/in',
    'http://10.0.0.5/in',
    'http://127.0.0.1.example.org/in',
    'ftp://127.0.0.1/in',
    'file:///etc/passwd',
    'https://user:secret@hooks.example.org/in',
    'http://user@127.0.0.1/in',
    'hooks.example.org',
    '',
  ])('%s may not', (url) => expect(isWebhookUrl(url)).toBe(false));

  it.each(['https://10.0.0.5/in', 'http://127.0.0.1:3000/in', 'https://localhost/in', 'https://[::1]/in'])(
    '%s is refused where only the public internet is open to webhooks',
    (url) => {
      expect(refusalOf(url, 'public')).toMatch(/public internet/);
      expect(refusalOf(url, 'private')).toBeUndefined();
    },
  );

  it.each([
    'https://169.254.169.254/latest/meta-data',
    'https://[fd00:ec2::254]/',
    'https://[::ffff:169.254.169.254]/',
    'https://2852039166/',
  ])('%s, where clouds keep credentials, is refused everywhere', (url) => {
    expect(refusalOf(url, 'public')).toBeDefined();
    expect(refusalOf(url, 'private')).toBeDefined();
  });

  it('by name is looked at when it is sent to', () => {
    expect(refusalOf('https://hooks.example.org/in', 'public')).toBeUndefined();
  });
});
