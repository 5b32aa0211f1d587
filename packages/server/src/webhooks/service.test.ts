import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Authorized } from '../access/actor.ts';
import { createRecorder } from '../audit/recorder.ts';
import { type InProcessWriter, inProcessWriter } from '../database/testing/in-process-writer.ts';
import { dataKey } from '../encryption/seal.ts';
import { NO_REQUEST } from '../http/origin.ts';
import { webhookErasure } from './erasure.ts';
import { WebhookService, type WebhookState } from './service.ts';
import type { WebhookAddresses } from './target.ts';

const HERE = 1;
const THERE = 2;
const URL_TEXT = 'https://hooks.example.org/in?token=quokka';
const key = dataKey(Buffer.alloc(32, 1));
let writer: InProcessWriter;
let states: WebhookState[];
let changes: number;
let now: number;

const service = (addresses: WebhookAddresses = 'private') =>
  new WebhookService({
    writer,
    keys: { records: key },
    recorder: createRecorder(writer, key),
    states: async () => states,
    changed: () => changes++,
    addresses,
    now: () => now,
  });
const actor = (namespace = HERE, more: object = {}) =>
  ({
    kind: 'account',
    id: 'a',
    account: { row: 1, publicId: 'a' },
    namespace: { id: namespace, publicId: `n${namespace}` },
    guard: { sql: 'SELECT 1', parameters: [] },
    ...more,
  }) as unknown as Authorized<'webhooks:manage'>;
const code = (code: string) => expect.objectContaining({ code });
const events = () => writer.leaves.map(({ skeleton }) => JSON.parse(Buffer.from(skeleton).toString()));
const input = { name: 'log', url: URL_TEXT, event_types: ['memory_add' as const] };
const create = (by = actor()) => service().create(by, input, NO_REQUEST);
const place = (id: string) =>
  writer.db.prepare('SELECT next_seq FROM webhooks WHERE id = ?').pluck().get(id) as number;
const grow = (size: number) =>
  writer.db.prepare("INSERT INTO audit_events (seq, leaf, skeleton) VALUES (?, x'00', x'')").run(size - 1);

beforeEach(async () => {
  writer = await inProcessWriter();
  states = [];
  changes = 0;
  now = 1000;
});
afterEach(() => writer.close());

describe('a webhook', () => {
  it('is registered, shown, changed and removed, each with its event, and who delivers is told', async () => {
    const { signing_secret, ...made } = await create();
    expect(made).toEqual({
      id: expect.any(String),
      ...input,
      active: true,
      version: 1,
      created_at: '1970-01-01T00:00:01.000Z',
      updated_at: '1970-01-01T00:00:01.000Z',
    });
    expect(signing_secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(await service().list(actor())).toEqual([made]);
    expect(await service().get(actor(), made.id)).toEqual({ ...made, healthy: true, behind: 0 });
    now = 2000;
    const changed = await service().update(actor(), made.id, { name: 'other' }, NO_REQUEST);
    expect(changed).toEqual({
      ...made,
      name: 'other',
      version: 2,
      updated_at: '1970-01-01T00:00:02.000Z',
    });
    states = [{ id: made.id, healthy: false, behind: 7 }];
    expect(await service().get(actor(), made.id)).toEqual({ ...changed, healthy: false, behind: 7 });
    await service().remove(actor(), made.id, NO_REQUEST);
    expect(await service().list(actor())).toEqual([]);
    const resource = { type: 'webhook', ids: [made.id] };
    expect(events()).toMatchObject([
      { type: 'webhook.created', namespace: 'n1', resource, after: expect.any(String) },
      { type: 'webhook.updated', resource, before: expect.any(String), after: expect.any(String) },
      { type: 'webhook.removed', resource, before: expect.any(String) },
    ]);
    expect(changes).toBe(3);
  });

  it('is sealed at rest: its address and its secret are in no column, and in no event', async () => {
    const { signing_secret, id } = await create();
    const { body } = writer.db.prepare('SELECT body FROM webhooks').get() as { body: Uint8Array };
    for (const text of ['quokka', 'hooks.example.org', signing_secret.slice(6)])
      expect(Buffer.from(body).includes(text)).toBe(false);
    expect(JSON.stringify(events())).not.toMatch(/quokka|example/);
    writer.db.prepare('UPDATE webhooks SET namespace_id = ? WHERE id = ?').run(THERE, id);
    await expect(service().list(actor(THERE)), 'moved to another tenant').rejects.toThrow(
      code('decryption_failed'),
    );
  });

  it('of another namespace is as one that is missing, and nothing happens to it', async () => {
    const { id } = await create();
    for (const [by, name] of [
      [actor(THERE), id],
      [actor(), 'nothing'],
    ] as const)
      for (const call of [
        service().get(by, name),
        service().update(by, name, { active: false }, NO_REQUEST),
        service().remove(by, name, NO_REQUEST),
      ])
        await expect(call).rejects.toMatchObject({
          code: 'not_found',
          message: 'There is no such webhook in this namespace.',
        });
    expect(await service().list(actor(THERE))).toEqual([]);
    expect(await service().list(actor())).toMatchObject([{ id, active: true, version: 1 }]);
  });

  it('is nothing for a credential that is bound to entities: it would hear of everybody', async () => {
    const { id } = await create();
    const bound = actor(HERE, { kind: 'api_key', boundTo: { user_id: 'ann' } });
    for (const call of [
      create(bound),
      service().list(bound),
      service().get(bound, id),
      service().update(bound, id, { name: 'x' }, NO_REQUEST),
      service().remove(bound, id, NO_REQUEST),
    ])
      await expect(call).rejects.toThrow(code('permission_denied'));
    expect(events()).toHaveLength(1);
  });

  it('is the twentieth at most', async () => {
    for (let i = 0; i < 20; i++) await create();
    await expect(create()).rejects.toThrow(code('limit_reached'));
    await create(actor(THERE));
    expect(await service().list(actor())).toHaveLength(20);
  });

  it('leads only where the setting allows', async () => {
    const to = (url: string) => service('public').create(actor(), { ...input, url }, NO_REQUEST);
    await expect(to('http://127.0.0.1:9/')).rejects.toThrow(code('invalid_input'));
    await expect(to('https://192.168.1.1/')).rejects.toThrow(code('invalid_input'));
    const { id } = await to(URL_TEXT);
    const change = { url: 'https://127.0.0.1/' };
    await expect(service('public').update(actor(), id, change, NO_REQUEST)).rejects.toThrow(
      code('invalid_input'),
    );
    expect(await service().list(actor())).toMatchObject([{ url: URL_TEXT, version: 1 }]);
  });

  it('that somebody changed meanwhile is not changed again unseen', async () => {
    const { id } = await create();
    await service().update(actor(), id, { name: 'first' }, NO_REQUEST, 1);
    await expect(service().update(actor(), id, { name: 'second' }, NO_REQUEST, 1)).rejects.toThrow(
      code('stale_version'),
    );
    const both = await Promise.allSettled(
      ['a', 'b'].map((name) => service().update(actor(), id, { name }, NO_REQUEST)),
    );
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(events()).toHaveLength(3);
  });

  it('begins with what happens from now on, and so does one that was off', async () => {
    grow(5);
    const { id } = await create();
    expect(place(id)).toBe(5);
    grow(9);
    await service().update(actor(), id, { name: 'x' }, NO_REQUEST);
    await service().update(actor(), id, { active: false }, NO_REQUEST);
    expect(place(id)).toBe(5);
    await service().update(actor(), id, { active: true }, NO_REQUEST);
    expect(place(id)).toBe(9);
  });

  it('goes with its namespace', async () => {
    await create();
    const { id } = await create(actor(THERE));
    expect(await service().any()).toBe(true);
    await writer.commit({ steps: [webhookErasure(HERE)], leaves: [] });
    expect(await service().list(actor())).toEqual([]);
    expect(await service().list(actor(THERE))).toMatchObject([{ id }]);
  });
});
