import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Mail } from './mail.ts';
import { selfSigned } from './testing/self-signed.ts';
import { type SmtpBehaviour, type SmtpDouble, smtpDouble } from './testing/smtp-double.ts';
import { type MailTransport, outboxTransport, smtpTransport } from './transports.ts';

const FROM = 'memhold@example.org';
const MAIL: Mail = {
  to: 'alice@example.com',
  subject: 'Hello',
  text: 'Open https://m.example/x#mhv_token now.\n',
};
/** Reaches this machine too, but not by a name or address of loopback: stands for another machine. */
const ELSEWHERE = '0.0.0.0';
const trusted = selfSigned(ELSEWHERE, 'localhost', '127.0.0.1');
const unknown = selfSigned(ELSEWHERE, 'localhost', '127.0.0.1');
const otherName = selfSigned('mail.example.org');
const ending: (() => unknown)[] = [];

beforeAll(() => {
  setDefaultCACertificates([...getCACertificates('default'), trusted.cert, otherName.cert]);
});
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

async function double(behaviour: SmtpBehaviour): Promise<SmtpDouble> {
  const made = await smtpDouble(behaviour);
  ending.push(() => made.close());
  return made;
}
function to(url: string): MailTransport {
  const transport = smtpTransport({ url, from: FROM });
  ending.push(() => transport.close());
  return transport;
}
const said = (server: SmtpDouble) => server.commands.map(({ line }) => line.split(' ')[0]);

describe('a mail server on another machine', () => {
  it('gets mail and password over STARTTLS', async () => {
    const server = await double({ tls: trusted, offersAuth: true });
    await to(`smtp://me%40x:p%25w@${ELSEWHERE}:${server.port}`).send(MAIL);
    expect(server.mails).toMatchObject([{ to: MAIL.to, encrypted: true }]);
    const auth = server.commands.find(({ line }) => line.startsWith('AUTH'));
    expect(auth?.encrypted).toBe(true);
    const credentials = Buffer.from(auth!.line.split(' ')[2]!, 'base64').toString();
    expect(credentials).toBe('\0me@x\0p%w');
  });

  it.each<[string, SmtpBehaviour]>([
    ['offers no STARTTLS', { offersAuth: true }],
    ['has a certificate that nobody vouches for', { offersAuth: true, tls: unknown }],
    ['has the certificate of another host', { offersAuth: true, tls: otherName }],
  ])('gets neither when it %s', async (_, behaviour) => {
    const server = await double(behaviour);
    const sent = to(`smtp://me:password@${ELSEWHERE}:${server.port}`).send(MAIL);
    await expect(sent).rejects.toMatchObject({ code: 'mail_deferred', isPermanent: false });
    expect(server.mails).toEqual([]);
    expect(said(server).filter((verb) => !['EHLO', 'STARTTLS'].includes(verb!))).toEqual([]);
  });

  it('is spoken to in TLS from the start with smtps, on loopback too', async () => {
    const server = await double({ tls: trusted, tlsFromStart: true, offersAuth: true });
    await to(`smtps://me:password@localhost:${server.port}`).send(MAIL);
    expect(server.mails).toMatchObject([{ encrypted: true }]);
    const impostor = await double({ tls: unknown, tlsFromStart: true, offersAuth: true });
    await expect(to(`smtps://me:password@localhost:${impostor.port}`).send(MAIL)).rejects.toThrow();
    expect(impostor.commands).toEqual([]);
  });
});

describe('a mail server on this machine', () => {
  it.each(['127.0.0.1', 'localhost', 'mail.localhost'])('may do without TLS: %s', async (host) => {
    const server = await double({ offersAuth: true });
    await to(`smtp://me:password@${host}:${server.port}`).send(MAIL);
    expect(server.mails).toMatchObject([{ encrypted: false }]);
    expect(said(server)).toContain('AUTH');
  });

  it('may have a certificate of its own making', async () => {
    const server = await double({ tls: unknown });
    await to(`smtp://localhost:${server.port}`).send(MAIL);
    expect(server.mails).toMatchObject([{ encrypted: true }]);
  });
});

it('keeps its connections for the next mails, also after a refused one', async () => {
  const server = await double({ recipient: (address) => (address.startsWith('bad') ? '550 no' : '250 ok') });
  const transport = to(`smtp://127.0.0.1:${server.port}`);
  const refused = await transport.send({ ...MAIL, to: 'bad@example.com' }).catch((error) => error);
  for (let i = 0; i < 10; i++) await transport.send(MAIL);
  expect(refused).toMatchObject({ code: 'mail_refused', isPermanent: true, reason: '550 no' });
  expect(refused.message).not.toContain('example.com');
  expect(said(server).filter((verb) => verb === 'EHLO').length).toBeLessThanOrEqual(3);
  expect(server.mails).toHaveLength(10);
});

it.each(['http://mail.example.org', 'smtp://', 'secret', 'smtp://me:100%secret@mail.example.org'])(
  'refuses %s as a server, without repeating it',
  (url) => {
    const error = (() => {
      try {
        return smtpTransport({ url, from: FROM });
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(TypeError);
    expect(`${(error as Error).message}${JSON.stringify(error)}`).not.toContain('secret');
  },
);

describe('an outbox', () => {
  const outbox = (tell?: (line: string) => void) => {
    const parent = mkdtempSync(join(tmpdir(), 'memhold-outbox-'));
    ending.push(() => rmSync(parent, { recursive: true }));
    const folder = join(parent, 'outbox');
    const transport = outboxTransport({ folder, from: FROM, tell });
    return { folder, transport, files: () => readdirSync(folder).map((name) => join(folder, name)) };
  };

  it('has one file a mail, for its owner alone, with links that can be copied', async () => {
    const { folder, transport, files } = outbox();
    const link = `https://memory.example.org/auth/links/reset-password#mhp_${'x'.repeat(43)}`;
    await transport.send({ ...MAIL, subject: 'Grüße', text: `Grüße\n\n${link}\n` });
    await transport.send(MAIL);
    expect(files()).toHaveLength(2);
    const [first] = files();
    expect(first).toMatch(/[\\/]\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z-[0-9a-f]{16}\.eml$/);
    if (process.platform !== 'win32')
      expect([folder, first!].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o600]);
    const text = readFileSync(first!, 'utf8');
    expect(text).toMatch(/^To: alice@example\.com\r$/m);
    expect(text).toContain(`\r\n\r\nGrüße\r\n\r\n${link}\r\n`);
  });

  it('tells of a mail in one line, with the address masked and the link', async () => {
    const lines: string[] = [];
    const { transport } = outbox((line) => lines.push(line));
    await transport.send(MAIL);
    await transport.send({ to: 'bob@example.com', subject: 'No\nlink', text: 'Nothing.' });
    expect(lines).toEqual([
      'mail to a…@example.com: Hello — https://m.example/x#mhv_token',
      'mail to b…@example.com: No link',
    ]);
  });

  it('says so when it cannot write, and leaves nothing half', async () => {
    if (process.platform === 'win32' || process.getuid?.() === 0) return;
    const { folder, transport } = outbox();
    await transport.send(MAIL);
    chmodSync(folder, 0o500);
    await expect(transport.send(MAIL)).rejects.toThrow('EACCES');
    chmodSync(folder, 0o700);
    expect(readdirSync(folder)).toHaveLength(1);
  });
});

describe('what a mail is addressed to and called', () => {
  const INJECTIONS = [
    '\r\nBcc: eve@example.net',
    '\nBcc: eve@example.net',
    '\rBcc: eve@example.net',
    '\u2028Bcc: e',
  ];

  it.each(INJECTIONS)('adds no header and no command: %j', async (injection) => {
    const server = await double({});
    const transport = to(`smtp://127.0.0.1:${server.port}`);
    await expect(transport.send({ ...MAIL, to: `a@example.com${injection}` })).rejects.toMatchObject({
      code: 'mail_address_invalid',
      isPermanent: true,
    });
    expect(server.commands).toEqual([]);
    await transport.send({ ...MAIL, subject: `Hello${injection}` });
    const [{ data } = { data: '' }] = server.mails;
    const headers = data.split('\r\n\r\n')[0]!;
    expect(headers).not.toMatch(/^Bcc/im);
    expect(headers).toMatch(/^Subject: Hello ?Bcc: e/m);
    expect(said(server).filter((verb) => verb === 'RCPT')).toHaveLength(1);
  });

  it.each([
    'a@example.com, b@example.com',
    'a@example.com;b@example.com',
    'Alice <a@example.com>',
    'friends: a@example.com;',
    '"a"@example.com',
    'a@b@example.com',
    'a',
    '@example.com',
    '',
    `${'a'.repeat(250)}@example.com`,
  ])('is one plain address: not %j', async (address) => {
    const server = await double({});
    const sent = to(`smtp://127.0.0.1:${server.port}`).send({ ...MAIL, to: address });
    await expect(sent).rejects.toMatchObject({ code: 'mail_address_invalid' });
    expect(server.commands).toEqual([]);
  });

  it('never changes who gets the mail or which headers it has', async () => {
    const server = await double({});
    const transport = to(`smtp://127.0.0.1:${server.port}`);
    const names = (data: string) =>
      [...data.split('\r\n\r\n')[0]!.matchAll(/^([\w-]+):/gm)].map(([, name]) => name).sort();
    await transport.send(MAIL);
    const usual = names(server.mails[0]!.data);
    const part = fc.string({ unit: fc.constantFrom(...'aß@.,:;<> "\r\n\t\0%=?-') });
    const harmless = fc.string({ unit: fc.constantFrom(...'aß.+%=?-'), minLength: 1 });
    await fc.assert(
      fc.asyncProperty(part, fc.oneof(part, harmless), async (subject, local) => {
        const before = server.mails.length;
        const mail = { ...MAIL, to: `${local}@example.com`, subject: `Hello${subject}` };
        const refused = await transport.send(mail).catch((error) => error);
        const sent = server.mails.slice(before);
        if (refused) expect([refused.name, sent]).toEqual(['MailError', []]);
        else {
          // RFC 5321: dots in unusual places are sent in quotes.
          expect(sent.map((one) => one.to.replace(/^"(.*)"@/, '$1@'))).toEqual([mail.to]);
          expect(names(sent[0]!.data).filter((name) => !/^Content-Transfer|^MIME/.test(name!))).toEqual(
            usual.filter((name) => !/^Content-Transfer|^MIME/.test(name!)),
          );
        }
      }),
      { numRuns: 60 },
    );
  });
});
