import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRecorder, openPrivate } from '../audit/recorder.ts';
import { type InProcessWriter, inProcessWriter } from '../database/testing/in-process-writer.ts';
import { randomBytes } from '../encryption/randomness.ts';
import { dataKey } from '../encryption/seal.ts';
import { type Mail, MailService } from './service.ts';
import { type SmtpBehaviour, type SmtpDouble, smtpDouble } from './testing/smtp-double.ts';
import { type MailTransport, smtpTransport } from './transports.ts';

const MINUTE = 60_000;
const START = Date.parse('2026-11-21T12:00:00Z');
const FROM = 'memhold@example.org';

let writer: InProcessWriter;
let smtp: SmtpDouble;
let clock: { at: number };
let services: MailService[];
const keys = { records: dataKey(randomBytes(32)), digest: randomBytes(32), tokenSecret: randomBytes(32) };
beforeEach(async () => {
  writer = await inProcessWriter();
  smtp = await smtpDouble();
  clock = { at: START };
  services = [];
});
afterEach(async () => {
  await Promise.all(services.map((one) => one.close()));
  await smtp.close();
  writer.close();
});

const overSmtp = (timeouts = {}): MailTransport =>
  smtpTransport({ url: `smtp://127.0.0.1:${smtp.port}`, from: FROM, timeouts });
/** For servers that never answer: a busy machine must not make an answering one look like them. */
const impatient = { greeting: 200, socket: 200 };
function service(transport = overSmtp()): MailService {
  const recorder = createRecorder(writer, keys.records);
  const made = new MailService({ writer, keys, recorder, transport, now: () => clock.at });
  services.push(made);
  return made;
}
const letter = (to: string, more: Partial<Mail> = {}): Mail => ({
  to,
  subject: 'Hello',
  text: 'A text.\n',
  ...more,
});
async function store(to: MailService, ...mails: Mail[]): Promise<void> {
  await writer.commit({ steps: mails.flatMap((mail) => to.queue(mail)), leaves: [] });
}
async function deliver(by: MailService): Promise<void> {
  by.wake();
  await by.idle();
}
const rows = () =>
  writer.db.prepare('select * from mail_queue order by id').all() as Record<string, unknown>[];
const events = () =>
  writer.leaves.map(({ hash, skeleton, privateSealed }) => ({
    open: JSON.parse(Buffer.from(skeleton).toString()),
    private: JSON.parse(openPrivate(keys.records, hash, privateSealed!).privatePart.toString()),
  }));
const recipients = () => smtp.mails.map(({ to }) => to).sort();

/** Keeps every mail until it is told to go on. */
function heldBack() {
  const begun: string[] = [];
  const gates: PromiseWithResolvers<void>[] = [];
  const transport = {
    closed: false,
    async send({ to }: Mail) {
      begun.push(to);
      const gate = Promise.withResolvers<void>();
      gates.push(gate);
      await gate.promise;
    },
    close() {
      transport.closed = true;
    },
  };
  return { begun, gates, transport };
}

describe('a queued mail', () => {
  it('is sealed in the database, handed over as it was written, and gone from the queue', async () => {
    const mail = service();
    await store(
      mail,
      letter('alice@example.com', { subject: 'Ürgent', text: 'Open https://m.example/x#tok\n' }),
    );
    const stored = JSON.stringify(rows().map((row) => ({ ...row, sealed: String(row.sealed) })));
    for (const secret of ['alice', 'rgent', 'tok']) expect(stored).not.toContain(secret);
    await deliver(mail);
    expect(smtp.mails).toHaveLength(1);
    const [received] = smtp.mails;
    expect(received).toMatchObject({ to: 'alice@example.com', from: `FROM:<${FROM}>` });
    expect(received!.data).toMatch(/^Subject: =\?UTF-8\?Q\?=C3=9Crgent\?=$/m);
    expect(received!.data).toMatch(/^Auto-Submitted: auto-generated$/m);
    expect(received!.data).toContain('Open https://m.example/x#tok');
    expect(rows()).toEqual([]);
  });

  it('does not exist when the change that it tells of is refused', async () => {
    const mail = service();
    const refuses = { sql: 'delete from mail_queue where id = -1', parameters: [], otherwise: 'refused' };
    const unit = { steps: [refuses, ...mail.queue(letter('a@example.com'))], leaves: [] };
    await expect(writer.commit(unit)).rejects.toThrow('refused');
    await deliver(mail);
    expect([rows(), smtp.mails]).toEqual([[], []]);
  });

  it('goes out after a crash, from another process', async () => {
    const crashed = service();
    await store(crashed, letter('a@example.com'));
    await deliver(service());
    expect(recipients()).toEqual(['a@example.com']);
  });

  it('goes out again when a process dies with it in its hands', async () => {
    const held = heldBack();
    const dying = service(held.transport);
    await store(dying, letter('a@example.com'));
    dying.wake();
    await vi.waitFor(() => expect(held.begun).toHaveLength(1));
    const other = service();
    await deliver(other);
    expect(smtp.mails).toEqual([]);
    clock.at += 2 * MINUTE;
    await deliver(other);
    expect(recipients()).toEqual(['a@example.com']);
    held.gates[0]!.resolve();
  });

  it('goes out once when two processes deliver at the same time', async () => {
    const [one, other] = [service(), service()];
    const to = Array.from({ length: 8 }, (_, i) => `user${i}@example.com`);
    await store(one, ...to.map((address) => letter(address)));
    await Promise.all([deliver(one), deliver(other)]);
    expect(recipients()).toEqual(to);
  });

  it('waits for no wake-up that was forgotten: a timer comes every 30 s', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const mail = service();
      await store(mail, letter('a@example.com'));
      vi.advanceTimersByTime(30_000);
      await mail.idle();
      expect(recipients()).toEqual(['a@example.com']);
      await mail.close();
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('a mail that the server refuses for good', () => {
  it.each<[string, SmtpBehaviour]>([
    ['at RCPT', { recipient: (to) => `550 5.1.1 <${to}> does not exist` }],
    ['after DATA', { afterData: '554 5.7.1 alice@example.com is full' }],
  ])('%s is given up at once, with an event that names nobody in the open', async (_, behaviour) => {
    const mail = service();
    Object.assign(smtp.behaviour, behaviour);
    await store(mail, letter('alice@example.com'));
    const [{ public_id }] = rows() as [{ public_id: string }];
    await deliver(mail);
    expect(rows()).toEqual([]);
    expect(events()).toEqual([
      {
        open: expect.objectContaining({
          type: 'mail.failed',
          code: 'mail_refused',
          success: false,
          actor: { kind: 'system' },
          resource: { type: 'mail', ids: [public_id] },
        }),
        private: {
          address: 'alice@example.com',
          subject: 'Hello',
          reason: expect.stringMatching(/^55[04] 5\..*alice/),
        },
      },
    ]);
    expect(JSON.stringify(events().map(({ open }) => open))).not.toContain('alice');
  });

  it('does not hold up the others', async () => {
    const mail = service();
    smtp.behaviour.recipient = (to) =>
      to.startsWith('bad') ? '550 no' : to.startsWith('late') ? '451 no' : '250 ok';
    await store(
      mail,
      ...['bad1', 'late1', 'good1', 'bad2', 'late2', 'good2'].map((n) => letter(`${n}@example.com`)),
    );
    await deliver(mail);
    expect(recipients()).toEqual(['good1@example.com', 'good2@example.com']);
    expect(rows()).toHaveLength(2);
  });

  it('is one with an address that no mail can go to, or one that does not open', async () => {
    const mail = service();
    await store(mail, letter('a@example.com\r\nRCPT TO:<b@example.com>'), letter('c@example.com'));
    writer.db.prepare("update mail_queue set public_id = 'moved' where id = 2").run();
    await deliver(mail);
    expect([rows(), smtp.mails]).toEqual([[], []]);
    expect(
      events()
        .map(({ open }) => open.code)
        .sort(),
    ).toEqual(['decryption_failed', 'mail_address_invalid']);
  });
});

describe('a mail that cannot be handed over now', () => {
  it.each<[string, SmtpBehaviour]>([
    ['is deferred', { recipient: () => '451 4.7.1 later' }],
    ['meets a server that wants other credentials', { greeting: '554 5.7.0 not from you' }],
    ['meets a server that says nothing', { greeting: 'silent' }],
    ['meets a server that hangs after its greeting', { hangs: true }],
    ['meets a server that hangs up in the middle', { closesInData: true }],
    ['meets something that is no mail server', { greeting: 'HTTP/1.1 400 Bad Request' }],
  ])('%s: it stays queued, and goes out a minute later', async (_, behaviour) => {
    Object.assign(smtp.behaviour, behaviour);
    const early = service(overSmtp(impatient));
    await store(early, letter('a@example.com'));
    await deliver(early);
    expect(rows()).toMatchObject([{ attempts: 1, next_at: START + MINUTE, created_at: START }]);
    for (const name of Object.keys(behaviour)) delete smtp.behaviour[name as keyof SmtpBehaviour];
    const mail = service();
    clock.at += MINUTE - 1;
    await deliver(mail);
    expect(smtp.mails).toEqual([]);
    clock.at += 1;
    await deliver(mail);
    expect([recipients(), rows(), events()]).toEqual([['a@example.com'], [], []]);
  });

  it('waits longer each time, and is given up after a day, with an event', async () => {
    const mail = service();
    smtp.behaviour.recipient = () => '451 4.7.1 later';
    await store(mail, letter('a@example.com'));
    const pauses: number[] = [];
    for (;;) {
      await deliver(mail);
      const [row] = rows() as { next_at: number }[];
      if (!row) break;
      pauses.push((row.next_at - clock.at) / MINUTE);
      clock.at = row.next_at;
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 240, 240, 240, 240, 225]);
    expect(clock.at).toBe(START + 24 * 60 * MINUTE);
    expect(events()).toMatchObject([
      { open: { type: 'mail.failed', code: 'mail_deferred' }, private: { reason: '451 4.7.1 later' } },
    ]);
  });

  it('survives a database that is away for a while', async () => {
    const mail = service();
    await store(mail, letter('a@example.com'));
    const { read } = writer;
    writer.read = () => Promise.reject(new Error('gone'));
    await deliver(mail);
    writer.read = read;
    await deliver(mail);
    expect(recipients()).toEqual(['a@example.com']);
  });
});

describe('delivery', () => {
  it('begins with the longest waiting, and is one run at a time', async () => {
    const held = heldBack();
    const mail = service(held.transport);
    for (const name of ['third', 'first', 'second', 'fourth']) {
      await store(mail, letter(`${name}@example.com`));
    }
    writer.db.prepare('update mail_queue set next_at = next_at - 2 where id = 2').run();
    writer.db.prepare('update mail_queue set next_at = next_at - 1 where id = 3').run();
    for (let i = 0; i < 10; i++) mail.wake();
    await vi.waitFor(() => expect(held.begun).toHaveLength(3));
    mail.wake();
    await new Promise((resolve) => setImmediate(resolve));
    expect(held.begun).toEqual(['first', 'second', 'third'].map((name) => `${name}@example.com`));
    held.gates[0]!.resolve();
    await vi.waitFor(() => expect(held.begun).toHaveLength(4));
    for (const gate of held.gates) gate.resolve();
    await mail.idle();
    expect(rows()).toEqual([]);
  });

  it('misses nothing that was queued just as it found no more', async () => {
    const mail = service();
    const { read } = writer;
    writer.read = async (statement, values) => {
      const found = await read(statement, values);
      writer.read = read;
      await store(mail, letter('a@example.com'));
      mail.wake();
      return found;
    };
    await deliver(mail);
    expect(recipients()).toEqual(['a@example.com']);
  });

  it('leaves alone what another process took after its own time was over', async () => {
    const held = heldBack();
    const slow = service(held.transport);
    await store(slow, letter('a@example.com'));
    slow.wake();
    await vi.waitFor(() => expect(held.begun).toHaveLength(1));
    clock.at += 10 * MINUTE;
    smtp.behaviour.recipient = () => '451 4.7.1 later';
    await deliver(service());
    const [taken] = rows();
    expect(taken).toMatchObject({ attempts: 2 });
    clock.at += 1000;
    held.gates[0]!.reject(new Error('too late'));
    await slow.idle();
    expect(rows()).toEqual([taken]);
  });

  it('ends with the mail under way: the rest stays for the next start', async () => {
    const held = heldBack();
    const mail = service(held.transport);
    await store(mail, ...['a', 'b', 'c', 'd'].map((name) => letter(`${name}@example.com`)));
    mail.wake();
    await vi.waitFor(() => expect(held.begun).toHaveLength(3));
    const closing = mail.close();
    expect(held.transport.closed).toBe(false);
    for (const gate of held.gates) gate.resolve();
    await closing;
    mail.wake();
    await mail.idle();
    expect(held.transport.closed).toBe(true);
    expect(held.begun).toHaveLength(3);
    expect(rows()).toHaveLength(1);
  });

  it('does not keep a server from stopping for longer than 5 s', async () => {
    const held = heldBack();
    const mail = service(held.transport);
    await store(mail, letter('a@example.com'));
    mail.wake();
    await vi.waitFor(() => expect(held.begun).toHaveLength(1));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const closing = mail.close();
      await vi.advanceTimersByTimeAsync(5000);
      await closing;
      expect(held.transport.closed).toBe(true);
    } finally {
      vi.useRealTimers();
      held.gates[0]!.resolve();
    }
  });
});

describe('flooding a mailbox', () => {
  const times = (count: number, mail: Mail) => Array.from({ length: count }, () => mail);

  it('stops at ten mails an hour, whatever the spelling, and is told', async () => {
    const mail = service();
    await store(mail, ...times(9, letter('alice@example.com')), letter('ALICE+x@Example.com'));
    expect(rows()).toHaveLength(10);
    expect(mail.queue(letter('alice+y@example.com'))).toEqual([]);
    expect(mail.queue(letter('bob@example.com'))).toHaveLength(1);
    await vi.waitFor(() => expect(writer.leaves).toHaveLength(1));
    const [{ open, private: erasable }] = events() as [ReturnType<typeof events>[number]];
    expect(open).toMatchObject({
      type: 'security.rate_limit.exceeded',
      code: 'rate_limited',
      success: false,
    });
    expect(JSON.stringify(open)).not.toContain('alice');
    expect(erasable).toEqual({ address: 'alice+y@example.com', subject: 'Hello' });
    clock.at += 60 * MINUTE;
    expect(mail.queue(letter('alice@example.com'))).toHaveLength(1);
  });

  it('does not use up what notices of changes have', async () => {
    const mail = service();
    await store(mail, ...times(11, letter('alice@example.com')));
    await store(mail, ...times(11, letter('alice@example.com', { notice: true })));
    expect(rows()).toHaveLength(20);
  });
});
