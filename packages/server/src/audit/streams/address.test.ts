import { describe, expect, it } from 'vitest';
import { streamAddressOf } from './address.ts';

describe('the address of a stream', () => {
  it.each([
    [
      'syslog+tls://siem.example.org:6515?format=ocsf',
      {
        kind: 'tls',
        host: 'siem.example.org',
        port: 6515,
        format: 'ocsf',
        name: 'syslog+tls://siem.example.org:6515',
      },
    ],
    ['syslog+udp://10.0.0.1', { kind: 'udp', host: '10.0.0.1', port: 514, format: 'native' }],
    [
      'syslog+tcp://[fd00::1]',
      { kind: 'tcp', host: 'fd00::1', port: 601, name: 'syslog+tcp://[fd00::1]:601' },
    ],
    ['syslog+tls://siem', { kind: 'tls', port: 6514 }],
    [
      'file:///var/log/mem%20hold/a.jsonl?format=ecs',
      { kind: 'file', path: '/var/log/mem hold/a.jsonl', format: 'ecs' },
    ],
    [
      'https://siem.example.org/in/token123?key=abc&format=ecs',
      { kind: 'http', url: 'https://siem.example.org/in/token123?key=abc', name: 'https://siem.example.org' },
    ],
  ])('%s', (text, expected) => {
    expect(streamAddressOf(text)).toMatchObject(expected);
  });

  it('is the same stream in another format, and another one at another path', () => {
    const identity = (text: string) => streamAddressOf(text).identity;
    expect(identity('https://a.example/x?format=ocsf')).toBe(identity('https://a.example/x'));
    expect(identity('https://a.example/x')).not.toBe(identity('https://a.example/y'));
  });

  it('shows no path or query of a web address', () => {
    expect(streamAddressOf('https://a.example/token?key=secret').name).toBe('https://a.example');
  });
});
