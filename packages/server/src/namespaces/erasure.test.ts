import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { subjectName } from '../audit/subject-events.ts';
import { subjectSource } from '../audit/subject-source.ts';
import { localKeyProvider } from '../encryption/envelope.ts';
import { randomBytes } from '../encryption/randomness.ts';
import { SubjectKeys } from '../encryption/subject-keys.ts';
import { type Identity, identity, login, newUser, PASSWORD } from '../sessions/testing/identity.ts';
import { NamespaceErasure } from './erasure.ts';

let id: Identity;
let admin: string;
let alice: { id: string; namespace: string };
let subjects: SubjectKeys;
beforeEach(async () => {
  id = await identity();
  await id.registration.createAdmin('root', PASSWORD, false);
  admin = await login(id, 'root');
  await newUser(id, 'alice');
  alice = (await id.call('GET', '/auth/users/alice', { token: admin })).body;
  const source = subjectSource(id.writer, id.keys.records);
  subjects = new SubjectKeys(localKeyProvider(randomBytes(32)), id.keys.digest, source);
});
afterEach(() => id.close());

const sql = (text: string, ...values: unknown[]) =>
  id.writer.db
    .prepare(text)
    .pluck()
    .all(...values);
const namespaceOf = (publicId: string) => ({
  id: sql('select id from namespaces where public_id = ?', publicId)[0] as number,
  publicId,
});

/** A data subject of a namespace, with one cluster; the name under which the log knows its key. */
async function subjectIn(publicId: string, user: string): Promise<string> {
  const subject = await subjects.ensure(namespaceOf(publicId), { kind: 'user', id: user });
  id.writer.db
    .prepare(
      `insert into clusters (id, subject_id, name_digest, topic_digest, version, created_at, last_built_at, body)
       values (?, ?, x'', x'', 1, 0, 0, x'')`,
    )
    .run(`${publicId} ${user}`, subject.id);
  return subjectName(subject.key.id);
}
const told = (...types: string[]) =>
  id
    .events()
    .filter(({ type }) => types.includes(type))
    .map(({ type, namespace, resource }) => [type, namespace, resource!.ids]);

describe('what goes with an account', () => {
  it('is told key by key, in the unit that destroys them', async () => {
    const names = [await subjectIn(alice.namespace, 'ana'), await subjectIn(alice.namespace, 'bea')];
    const root = (await id.call('GET', '/auth/me', { token: admin })).body;
    await subjectIn(root.namespace, 'ana');
    expect((await id.call('DELETE', `/users/${alice.id}`, { token: admin })).status).toBe(200);
    expect(told('user.deleted', 'key.destroyed', 'subject.erased', 'namespace.deleted')).toEqual([
      ['user.deleted', alice.namespace, [alice.id]],
      ['key.destroyed', alice.namespace, names],
      ['subject.erased', alice.namespace, names],
      ['namespace.deleted', alice.namespace, [alice.namespace]],
    ]);
    expect(sql('select state from subjects order by id')).toEqual(['erased', 'erased', 'active']);
    expect(sql('select id from clusters')).toEqual([`${root.namespace} ana`]);
  });

  it('is not what others are at home in', async () => {
    const token = await login(id, 'alice');
    const team = (await id.call('POST', '/namespaces', { token, body: { name: 'team' } })).body;
    await subjectIn(team.id, 'ana');
    await newUser(id, 'bob');
    const bob = sql('select id from accounts order by id desc')[0];
    id.writer.db
      .prepare(
        "insert into memberships (account_id, namespace_id, role, created_at) values (?, ?, 'admin', 0)",
      )
      .run(bob, namespaceOf(team.id).id);
    expect((await id.call('DELETE', `/users/${alice.id}`, { token: admin })).status).toBe(200);
    expect(told('key.destroyed', 'subject.erased')).toEqual([]);
    expect(told('namespace.deleted')).toEqual([['namespace.deleted', alice.namespace, [alice.namespace]]]);
    expect(sql('select state from subjects')).toEqual(['active']);
    expect(sql('select count(*) from clusters')).toEqual([1]);
  });

  it('destroys no key without its event: a subject that came meanwhile refuses it', async () => {
    await subjectIn(alice.namespace, 'ana');
    const erasure = new NamespaceErasure({ writer: id.writer, recorder: { leaf: () => leaf } });
    const unit = await erasure.of(namespaceOf(alice.namespace), { actor: { kind: 'system' }, time: 0 });
    await subjectIn(alice.namespace, 'bea');
    await expect(id.writer.commit(unit)).rejects.toMatchObject({ code: 'stale_version' });
    expect(sql('select state from subjects')).toEqual(['active', 'active']);
    expect(sql('select count(*) from clusters')).toEqual([2]);
  });

  it('takes along its webhooks, and nobody else’s', async () => {
    const root = (await id.call('GET', '/auth/me', { token: admin })).body;
    for (const publicId of [alice.namespace, root.namespace])
      id.writer.db
        .prepare(
          "insert into webhooks (id, namespace_id, version, next_seq, created_at, updated_at, body) values (?, ?, 1, 0, 0, 0, x'')",
        )
        .run(publicId, namespaceOf(publicId).id);
    await id.call('DELETE', `/users/${alice.id}`, { token: admin });
    expect(sql('select id from webhooks')).toEqual([root.namespace]);
  });

  it('names thousands of keys in events of a thousand each', async () => {
    const { id: row } = namespaceOf(alice.namespace);
    id.writer.db
      .prepare(
        `with recursive n(i) as (select 1 union all select i + 1 from n where i < 2001)
         insert into subjects (namespace_id, digest, entity_sealed, key_id, wrapped_key, generation, state, head_seq, created_at)
         select ?, randomblob(32), x'', randomblob(32), x'', 1, 'active', 0, 0 from n`,
      )
      .run(row);
    await id.call('DELETE', `/users/${alice.id}`, { token: admin });
    const counts = told('key.destroyed').map(([, , ids]) => ids!.length);
    expect(counts).toEqual([1000, 1000, 1]);
    expect(new Set(told('subject.erased').flatMap(([, , ids]) => ids)).size).toBe(2001);
  });
});

describe('the namespace of an account that never was', () => {
  const register = async () => {
    await id.close();
    id = await identity({ config: { emailVerification: 'required' } });
    const body = { username: 'dave', email: 'dave@example.com', password: PASSWORD };
    await id.call('POST', '/auth/register', { body });
    id.clock.at += 8 * 86_400_000;
  };

  it('goes with it, and is told', async () => {
    await register();
    const [publicId] = sql('select public_id from namespaces');
    await id.sweep();
    expect(sql('select count(*) from namespaces')).toEqual([0]);
    expect(told('user.deleted', 'namespace.deleted')).toMatchObject([
      ['user.deleted', publicId, [expect.anything()]],
      ['namespace.deleted', publicId, [publicId]],
    ]);
  });

  it('stays where something is in it, and the log says nothing else', async () => {
    await register();
    id.writer.db.exec(
      `insert into subjects (namespace_id, digest, entity_sealed, key_id, wrapped_key, generation, state, head_seq, created_at)
       select id, x'01', x'', x'02', x'', 1, 'active', 0, 0 from namespaces`,
    );
    await id.sweep();
    expect(sql('select count(*) from namespaces')).toEqual([1]);
    expect(sql('select count(*) from accounts')).toEqual([0]);
    expect(told('user.deleted', 'namespace.deleted')).toHaveLength(1);
  });
});

const leaf = { hash: new Uint8Array(32), skeleton: new Uint8Array(1), privateSealed: null };
