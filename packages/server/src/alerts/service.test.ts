import { describe, expect, it, vi } from 'vitest';
import { RecipientLimit } from '../mail/recipient-limit.ts';
import type { Alert, SentAlert } from './alert.ts';
import { alertOf } from './alert.ts';
import type { Channel } from './channel.ts';
import { emailChannel } from './email.ts';
import { AlertService } from './service.ts';
import { type Post, webhookChannel } from './webhook.ts';

const alert = (more: Partial<Alert> = {}): Alert => ({
  kind: 'canary_read',
  type: 'security.suspicious.activity',
  severity: 'critical',
  summary: 'api_key k reached the canary m.',
  subject: 'k m',
  first: 7,
  last: 7,
  ...more,
});

/** Channels that count; time stands still unless it is moved. */
function serviceOn(...channels: Channel[]) {
  const clock = { now: 1_000_000 };
  const counts: string[] = [];
  const service = new AlertService({
    channels,
    raised: (kind, heldBack) => counts.push(`${kind} ${heldBack ? 'held back' : 'raised'}`),
    delivered: (channel, outcome) => counts.push(`${channel} ${outcome}`),
    now: () => clock.now,
    monotonic: () => clock.now,
    pausesMs: [1, 1, 1],
  });
  return { service, clock, counts };
}

/** Answers as it is told, over and over the last one. */
function channelThat(...answers: (boolean | 'fails' | 'hangs')[]) {
  const sent: SentAlert[] = [];
  const channel: Channel = {
    name: 'webhook',
    async send(one) {
      const answer = answers[Math.min(sent.length, answers.length - 1)]!;
      sent.push(one);
      if (answer === 'fails') throw new Error('down');
      if (answer === 'hangs') await new Promise(() => undefined);
      return answer === true;
    },
  };
  return { channel, sent };
}

describe('an alert', () => {
  it('is tried three more times under the same id, and is counted as delivered once it is', async () => {
    const { channel, sent } = channelThat('fails', 'fails', 'fails', true);
    const { service, counts } = serviceOn(channel);
    service.raise(alert());
    await vi.waitFor(() => expect(counts).toEqual(['canary_read raised', 'webhook delivered']));
    expect(sent).toHaveLength(4);
    expect(new Set(sent.map(({ id }) => id)).size).toBe(1);
  });

  it('is given up after that, which is counted', async () => {
    const { channel, sent } = channelThat('fails');
    const { service, counts } = serviceOn(channel);
    service.raise(alert());
    await vi.waitFor(() => expect(counts).toContain('webhook failed'));
    expect(sent).toHaveLength(4);
  });

  it('goes to every channel, whatever became of it on another', async () => {
    const mail = channelThat(true);
    const { service, counts } = serviceOn(channelThat('hangs').channel, { ...mail.channel, name: 'email' });
    service.raise(alert());
    await vi.waitFor(() => expect(counts).toContain('email delivered'));
  });

  it('does not wait for receivers that hang, and a flood of them does not keep out a critical one', async () => {
    const { channel, sent } = channelThat('hangs', 'hangs', 'hangs', 'hangs', true);
    const { service, counts } = serviceOn(channel);
    for (let i = 0; i < 104; i++)
      service.raise(alert({ severity: 'warning', subject: `s${i}`, namespace: `n${i}` }));
    expect(counts).not.toContain('webhook dropped');
    service.raise(alert({ severity: 'warning', subject: 'one more', namespace: 'more' }));
    expect(counts.filter((one) => one === 'webhook dropped')).toHaveLength(1);
    service.raise(alert({ subject: 'the one that matters' }));
    expect(counts.filter((one) => one === 'webhook dropped')).toHaveLength(2);
    expect(sent).toHaveLength(4);
    const { deliveries } = service as unknown as { deliveries: { waiting: SentAlert[] }[] };
    expect(deliveries[0]!.waiting.at(-1)!.subject).toBe('the one that matters');
    expect(deliveries[0]!.waiting).toHaveLength(100);
  });

  it('keeps its place where other tenants raise as many critical ones as they may', () => {
    const { channel } = channelThat('hangs');
    const { service } = serviceOn(channel);
    for (let i = 0; i < 200; i++) service.raise(alert({ subject: `s${i}`, namespace: `n${i % 40}` }));
    service.raise(alert({ subject: 'of somebody else', namespace: 'other' }));
    for (let i = 0; i < 200; i++) service.raise(alert({ subject: `t${i}`, namespace: `n${i % 40}` }));
    const { deliveries } = service as unknown as { deliveries: { waiting: SentAlert[] }[] };
    const { waiting } = deliveries[0]!;
    expect([waiting.length, waiting.some(({ subject }) => subject === 'of somebody else')]).toEqual([
      100,
      true,
    ]);
  });

  it('is mailed whatever became of the alerts of other namespaces', async () => {
    const limit = new RecipientLimit(Buffer.alloc(32));
    const mailed: string[] = [];
    const channel = emailChannel({
      to: 'ops@example.org',
      mail: {
        queue: (mail) => (limit.admit(mail, 0) ? [{ sql: mail.text, parameters: [] }] : []),
        wake: () => undefined,
      },
      writer: { commit: async ({ steps }) => void mailed.push(steps[0]!.sql) },
    });
    const { service } = serviceOn(channel);
    for (let i = 0; i < 20; i++) service.raise(alert({ subject: `s${i}`, namespace: `n${i % 4}` }));
    service.raise(alert({ subject: 'k m', summary: 'It is about somebody else.', namespace: 'other' }));
    await vi.waitFor(() => expect(mailed).toHaveLength(21));
    expect(mailed.at(-1)).toContain('somebody else');
  });

  it('is not tried again once the service stops', async () => {
    const { channel, sent } = channelThat('fails');
    const { service } = serviceOn(channel);
    service.raise(alert());
    await service.close();
    service.raise(alert({ subject: 'late' }));
    expect(sent).toHaveLength(1);
  });
});

describe('a full disk', () => {
  it('is told of when it lasts, not at the first refusal', () => {
    const { service, clock, counts } = serviceOn();
    service.requestFailed('storage_full');
    clock.now += 4000;
    service.requestFailed('storage_full');
    service.requestFailed('rate_limited');
    expect(counts).toEqual([]);
    clock.now += 1000;
    service.requestFailed('storage_full');
    expect(counts).toEqual(['storage_full raised']);
    clock.now += 120_000;
    service.requestFailed('storage_full');
    expect(counts).toHaveLength(1);
  });
});

describe('a webhook', () => {
  const secret = `whsec_${'MfKQ9r8G'.repeat(4)}`;
  const sent: SentAlert = { ...alert(), id: 'alert_1', time: 0, heldBack: 2 };

  it('gets the alert as signed JSON, by way of the guarded request, and no private detail', async () => {
    const post = vi.fn<Post>(async () => ({ status: 204 }));
    await webhookChannel({ url: 'https://x.example/a', secret, post, now: () => 5000 }).send(sent);
    const [url, { body, headers, policy }] = post.mock.calls[0]!;
    expect([url, policy]).toEqual(['https://x.example/a', 'operator']);
    expect(headers).toMatchObject({
      'webhook-id': 'alert_1',
      'webhook-timestamp': '5',
      'webhook-signature': expect.stringMatching(/^v1,[\w+/]{43}=$/),
    });
    expect(JSON.parse(body)).toEqual({
      type: 'security.suspicious.activity',
      timestamp: '1970-01-01T00:00:00.000Z',
      data: {
        id: 'alert_1',
        kind: 'canary_read',
        severity: 'critical',
        summary: 'api_key k reached the canary m.',
        namespace: null,
        resource: null,
        first_event: 7,
        last_event: 7,
        held_back: 2,
      },
    });
  });

  it.each([199, 301, 400, 500])('that answers %i has not taken it', async (status) => {
    const post: Post = async () => ({ status });
    const channel = webhookChannel({ url: 'https://x.example', secret: undefined, post, now: () => 0 });
    await expect(channel.send(sent)).rejects.toThrow();
  });
});

describe('what the evidence thread notices', () => {
  it('becomes an alert with nothing of the private part in it', () => {
    const made = alertOf({
      kind: 'finding',
      detection: 'credential_stuffing',
      severity: 'error',
      summary: 'One network failed.',
      private: { network: '192.0.2.0/24', ip: '192.0.2.1', subject: '192.0.2.0/24' },
      first: 1,
      last: 9,
    })!;
    expect(made.subject).toBe('192.0.2.0/24');
    const { subject: _, ...shown } = made;
    expect(JSON.stringify(shown)).not.toContain('192.0.2');
  });

  it('is none when a sink recovers', () => {
    const sink = { kind: 'sink', what: 'witness', name: '/mnt/x', behind: 3 } as const;
    expect(alertOf({ ...sink, healthy: true })).toBeUndefined();
    expect(alertOf({ ...sink, healthy: false })).toMatchObject({
      kind: 'audit.sink.failed',
      summary: 'The witness /mnt/x does not take what it is given; 3 wait for it.',
    });
  });

  it('is the same alert whether the thread tells of it or the log', () => {
    const direct = alertOf({ kind: 'lost', witness: 'w', witnessedSize: 9, size: 3 })!;
    const logged = alertOf({ kind: 'alarm', type: 'audit.tail.lost', severity: 'critical', index: 4 })!;
    expect([direct.kind, direct.subject, direct.severity]).toEqual([
      logged.kind,
      logged.subject,
      logged.severity,
    ]);
  });
});
