import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linkTo } from './links.ts';
import type { Message } from './messages.ts';
import * as messages from './messages.ts';
import { maskedAddress, oneLine, quoted } from './plain-text.ts';

const time = Date.parse('2026-11-21T12:00:00Z');
const token = `mhp_${'x'.repeat(43)}`;
const link = linkTo('https://memory.example.org', 'reset-password', token);

const alert = {
  kind: 'audit.sink.failed',
  severity: 'error',
  summary: 'A witness failed.',
  time,
  heldBack: 0,
} as const;

/** Every message, with this text in the place of whatever people choose themselves. */
function every(chosen: string): Record<string, Message> {
  const asked = { username: chosen, link, token };
  return {
    verifyAddress: messages.verifyAddress({ ...asked, hours: 48 }),
    addressTaken: messages.addressTaken({ resetLink: 'https://memory.example.org/reset' }),
    resetPassword: messages.resetPassword({ ...asked, minutes: 30 }),
    passwordWasReset: messages.passwordWasReset({ username: chosen, time }),
    passwordChanged: messages.passwordChanged({ username: chosen, time }),
    changeAddress: messages.changeAddress({ ...asked, hours: 1 }),
    addressChanged: messages.addressChanged({ username: chosen, time, newAddress: 'eve@example.net' }),
    newLogin: messages.newLogin({ username: chosen, time, ip: '192.0.2.1', client: chosen }),
    invitation: messages.invitation({ by: chosen, namespace: chosen, link, token, days: 7 }),
    keyRotationDue: messages.keyRotationDue({ name: chosen, id: 'abcdefghijkm', since: time, due: time }),
    keyExpires: messages.keyExpires({ name: chosen, id: 'abcdefghijkm', at: time }),
    mfaChanged: messages.mfaChanged({ username: chosen, what: 'off', time }),
    securityAlert: messages.securityAlert({ ...alert, summary: chosen }),
  };
}

describe('every mail', () => {
  it('is covered here', () => {
    expect(Object.keys(every('alice')).sort()).toEqual(Object.keys(messages).sort());
  });

  it.each(Object.entries(every('alice')))(
    '%s is short, and says what to do if it was not you',
    (_, message) => {
      expect(message.subject).toMatch(/^[A-Z][\w ]{5,50}$/);
      expect(message.text.length).toBeLessThan(900);
      expect(message.text).toMatch(/If (this was not you|you did not expect this|nothing uses)/);
      expect(message.text).not.toContain('undefined');
    },
  );

  it('shows the link, and below it the bare token on a line of its own', () => {
    const withToken = Object.entries(every('alice')).filter(([, { text }]) => text.includes(token));
    expect(withToken.map(([name]) => name).sort()).toEqual([
      'changeAddress',
      'invitation',
      'resetPassword',
      'verifyAddress',
    ]);
    for (const [, { text }] of withToken) {
      const lines = text.split('\n');
      expect(lines.indexOf(link)).toBeGreaterThan(0);
      expect(lines.indexOf(token)).toBeGreaterThan(lines.indexOf(link));
    }
  });

  it('counts as a notice when it tells of a change, and so is not crowded out by requests', () => {
    const notices = Object.entries(every('alice')).filter(([, { notice }]) => notice);
    expect(notices.map(([name]) => name).sort()).toEqual([
      'addressChanged',
      'mfaChanged',
      'newLogin',
      'passwordChanged',
      'passwordWasReset',
    ]);
  });
});

it('an address that was changed to is not shown in full to the old one', () => {
  const { text } = every('alice').addressChanged!;
  expect(text).toContain('e…@example.net');
  expect(text).not.toContain('eve@');
});

it('an alert says how bad it is, where it stands in the log, and how many others were not sent', () => {
  const sent = messages.securityAlert({ ...alert, first: 7, last: 9, heldBack: 3 });
  expect(sent.alert).toBe('audit.sink.failed');
  expect(sent.subject).toBe('Security alert audit sink failed');
  for (const part of ['Severity: error', 'audit log: 7 to 9', 'since the last one: 3.'])
    expect(sent.text).toContain(part);
  expect(messages.securityAlert(alert).text).not.toMatch(/Events in|since the last/);
});

it('a time is written so that everybody reads it alike', () => {
  expect(every('alice').passwordChanged!.text).toContain('at 2026-11-21 12:00 UTC');
});

describe('a text that somebody else chose', () => {
  it.each([
    ['alice', 'alice'],
    ['a\r\n\r\nb\tc', 'a b c'],
    ['\u202egnp.exe\u0000\u001b[31m', 'gnp. exe[31m'],
    ['see https://evil.example/x or www.evil.example', 'see https: evil. example/x or www. evil. example'],
    ['Mozilla/5.0 (X11) AppleWebKit/537.36', 'Mozilla/5.0 (X11) AppleWebKit/537.36'],
    ['evil.\u200bexample', 'evil. example'],
    ['x'.repeat(300), 'x'.repeat(200)],
  ])('%j reads %j', (text, shown) => {
    expect(quoted(text)).toBe(shown);
  });

  const anything = fc.string({
    unit: fc.oneof(
      fc.constantFrom(...'.:/ \n\r\0\u200b\u202e'),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    ),
    maxLength: 400,
  });
  it('stays one line of at most 200 characters, without links or invisible characters', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const shown = quoted(text);
        expect([...shown].length).toBeLessThanOrEqual(200);
        expect(shown).not.toMatch(/\p{C}|[\u2028\u2029]|:\/\/|\.\p{L}/u);
        expect(oneLine(text)).not.toMatch(/\p{C}|[\u2028\u2029]/u);
      }),
    );
  });

  it('adds no paragraph and no link to any mail', () => {
    const usual = every('alice');
    fc.assert(
      fc.property(anything, (text) => {
        for (const [name, { subject, text: body }] of Object.entries(every(text))) {
          expect(subject).toBe(usual[name]!.subject);
          expect(body.split('\n')).toHaveLength(usual[name]!.text.split('\n').length);
          expect(body.match(/https?:\/\//g)).toEqual(usual[name]!.text.match(/https?:\/\//g));
        }
      }),
      { numRuns: 50 },
    );
  });
});

it.each([
  ['alice@example.org', 'a…@example.org'],
  ['a…@example.org', 'a…@example.org'],
  ['@example.org', '…'],
  ['nobody', '…'],
  ['', '…'],
])('the address %j is masked as %j', (address, masked) => {
  expect(maskedAddress(address)).toBe(masked);
});

it('a link carries its token in the fragment, which is sent nowhere', () => {
  expect(link).toBe(`https://memory.example.org/auth/links/reset-password#${token}`);
  expect(new URL(link)).toMatchObject({ search: '', pathname: '/auth/links/reset-password' });
});
