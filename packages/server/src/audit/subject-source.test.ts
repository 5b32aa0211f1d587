import { afterEach, beforeEach, expect, it } from 'vitest';
import { type InProcessWriter, inProcessWriter } from '../database/testing/in-process-writer.ts';
import { localKeyProvider } from '../encryption/envelope.ts';
import { randomBytes } from '../encryption/randomness.ts';
import { dataKey } from '../encryption/seal.ts';
import { SubjectKeys } from '../encryption/subject-keys.ts';
import { subjectName } from './subject-events.ts';
import { subjectSource } from './subject-source.ts';

const namespace = { id: 1, publicId: 'the-namespace' };
const provider = localKeyProvider(randomBytes(32));
const digest = randomBytes(32);
let writer: InProcessWriter;
beforeEach(async () => {
  writer = await inProcessWriter();
  writer.db.exec(
    "insert into namespaces (id, public_id, name_sealed, settings, created_at) values (1, 'the-namespace', x'', '{}', 0)",
  );
});
afterEach(() => writer.close());

const thread = () => new SubjectKeys(provider, digest, subjectSource(writer, dataKey(randomBytes(32))));
const events = () => writer.leaves.map(({ skeleton }) => JSON.parse(Buffer.from(skeleton).toString()));

it('the key of a new subject is told once, however many meet it at once', async () => {
  const [one, other] = [thread(), thread()];
  const subjects = await Promise.all(
    [one, one, other, one].map((keys) => keys.ensure(namespace, { kind: 'user', id: 'ana-of-the-mill' })),
  );
  expect(new Set(subjects.map(({ key }) => key.id.toString('hex')))).toHaveProperty('size', 1);
  await one.ensure(namespace, { kind: 'user', id: 'bea-of-the-mill' });
  const rows = writer.db.prepare('select key_id from subjects order by id').all() as { key_id: Buffer }[];
  expect(events()).toMatchObject(
    rows.map(({ key_id }) => ({
      type: 'key.created',
      actor: { kind: 'system' },
      namespace: 'the-namespace',
      resource: { type: 'subject', ids: [subjectName(key_id)] },
      success: true,
    })),
  );
  expect(rows).toHaveLength(2);
  expect(JSON.stringify(events())).not.toMatch(/of-the-mill/);
});

it('no event stands without its key, nor a key without its event', async () => {
  const failing = { ...writer, commit: async () => Promise.reject(new Error('the disk is full')) };
  const keys = new SubjectKeys(provider, digest, subjectSource(failing, dataKey(randomBytes(32))));
  await expect(keys.ensure(namespace, { kind: 'user', id: 'ana-of-the-mill' })).rejects.toThrow(
    'the disk is full',
  );
  expect(events()).toEqual([]);
  expect(writer.db.prepare('select count(*) from subjects').pluck().get()).toBe(0);
});
