import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { ask } from './prompt.ts';
import { type Answers, operatorOf, problem, run } from './testing/run.ts';

const alice = {
  id: '01a1fe21-79f7-72a6-9a7e-561aa423cdb7',
  username: 'alice',
  email: 'alice@example.org',
  full_name: null,
  namespace: '01a1fe21-79f8-71f2-a692-57bb375b80c2',
  roles: ['user'],
  is_active: true,
  is_verified: false,
  created_at: '2026-11-21T12:42:49.207Z',
  last_login_at: null,
};
const byName = { 'GET /auth/users/alice': alice };
const path = `/users/${alice.id}`;

/** Runs a command on a service with these answers, and sees to it that its door was closed. */
async function on(
  answers: Answers,
  argv: string[],
  more: { ask?: (question: string) => Promise<string>; colours?: boolean } = {},
) {
  const operator = operatorOf(answers);
  const { openOperatorAccess } = operator;
  const result = await run(argv, { server: { openOperatorAccess }, ...more });
  expect(operator.left()).toBe(0);
  return { ...result, asked: operator.asked };
}

describe('users list', () => {
  it('shows every page, with names that are safe to print', async () => {
    const hostile = {
      ...alice,
      id: 'b',
      username: 'bob',
      email: 'b\u001b[2Job@x.org\nroot',
      is_active: false,
    };
    const answers = {
      'GET /users?limit=1000': { users: [alice], total: 2, next: alice.id },
      [`GET /users?limit=1000&after=${alice.id}`]: { users: [hostile], total: 2, next: null },
    };
    const { code, out } = await on(answers, ['users', 'list']);
    expect(code).toBe(0);
    const lines = out.split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^NAME {3}E-MAIL +ROLE {2}STATE +LAST LOGIN {2}ID$/);
    expect(lines[1]).toMatch(/^alice {2}alice@example\.org +user {2}active +never {7}01a1fe21-/);
    expect(lines[2]).toMatch(/^bob {4}b \[2Job@x\.org root {2}user {2}deactivated {2}never {7}b$/);
    const json = await on(answers, ['users', 'list', '--json']);
    expect(JSON.parse(json.out)).toEqual({ users: [alice, hostile] });
    expect((await on(answers, ['users', 'list'], { colours: true })).out).toContain('\u001b[1m');
    expect(out).not.toContain('\u001b');
  });
});

describe('the user that a command names', () => {
  it('may be given by name, address or id', async () => {
    const shown = await on(byName, ['users', 'show', 'alice']);
    expect(shown.out).toMatch(/^name {8}alice\n(?:.*\n)*e-mail {6}alice@example\.org \(not verified\)\n/);
    const address = await on({ 'GET /auth/users/alice%40example.org': alice }, [
      'users',
      'show',
      alice.email,
    ]);
    expect(address.code).toBe(0);
    const id = await on({ [`GET ${path}`]: alice }, ['users', 'show', alice.id.toUpperCase(), '--json']);
    expect(JSON.parse(id.out)).toEqual(alice);
  });

  it('is nobody when the name of one is the id of another', async () => {
    const mallory = { ...alice, id: 'm', username: alice.id };
    const answers = { [`GET /auth/users/${alice.id}`]: mallory, [`GET ${path}`]: alice };
    const { code, err, asked } = await on(answers, ['users', 'remove', alice.id, '--yes']);
    expect(code).toBe(1);
    expect(err).toMatch(/is the name of the user m and the id of the user alice — use these$/);
    expect(asked.filter(([method]) => method !== 'GET')).toEqual([]);
  });

  it.each(['..', '.', ''])('is never another path: %j', async (name) => {
    const { code, err, asked } = await on({}, ['users', 'remove', name, '--yes']);
    expect([code, asked]).toEqual([1, []]);
    expect(err).toBe(`memhold: there is no user "${name}" — see memhold users list`);
  });

  it('stays one part of the path, whatever is in it', async () => {
    const { code, asked } = await on({}, ['users', 'show', '../api-keys?x=1#']);
    expect([code, asked]).toEqual([1, [['GET', '/auth/users/..%2Fapi-keys%3Fx%3D1%23']]]);
  });
});

describe('a new password', () => {
  const add = ['users', 'add', 'alice', '--email', alice.email];
  const made = { 'POST /users': { user: alice, password: 'SecurePass123' } };
  const reset = { ...byName, [`POST ${path}/reset-password`]: { password: 'SecurePass123' } };

  it.each([
    [add, made],
    [['users', 'reset-password', 'alice'], reset],
  ])('of %j alone goes to standard output', async (argv, answers) => {
    const said = await on(answers, argv);
    expect([said.code, said.out]).toEqual([0, 'SecurePass123']);
    expect(said.err).toMatch(/only this once/);
    expect(said.err).not.toContain('S3cret');
    const quiet = await on(answers, [...argv, '--quiet']);
    expect([quiet.out, quiet.err]).toEqual(['SecurePass123', '']);
    const json = await on(answers, [...argv, '--json']);
    expect([JSON.parse(json.out).password, json.err]).toEqual(['SecurePass123', '']);
  });

  it('is asked for with what was given, and nothing else', async () => {
    const { asked } = await on(made, [...add, '--role', 'readonly', '--full-name', 'Alice A']);
    const body = { username: 'alice', email: alice.email, role: 'readonly', full_name: 'Alice A' };
    expect(asked).toEqual([['POST', '/users', body]]);
    expect((await on(made, add)).asked[0]?.[2]).toEqual({
      username: 'alice',
      email: alice.email,
      role: 'user',
    });
  });
});

describe('changes of a user', () => {
  it.each([
    [['role', 'alice', 'admin'], { role: 'admin' }, 'alice has the role admin'],
    [['deactivate', 'alice'], { is_active: false }, 'alice is deactivated'],
    [['activate', 'alice'], { is_active: true }, 'alice is active'],
  ])('%j', async (argv, body, words) => {
    const answers = { ...byName, [`PATCH ${path}`]: { ...alice, ...body } };
    const { code, out, asked } = await on(answers, ['users', ...argv]);
    expect([code, asked.at(-1)]).toEqual([0, ['PATCH', path, body]]);
    expect(out).toContain(words);
    expect(JSON.parse((await on(answers, ['users', ...argv, '--json'])).out).id).toBe(alice.id);
  });

  it('take the second factor away', async () => {
    const { code, out, asked } = await on({ ...byName, [`DELETE ${path}/mfa`]: {} }, [
      'users',
      'remove-mfa',
      'alice',
    ]);
    expect([code, asked.at(-1)]).toEqual([0, ['DELETE', `${path}/mfa`]]);
    expect(out).toMatch(/^alice has no second factor/);
  });

  it('that the service refuses are one line and an exit code of 1', async () => {
    const refused = problem(
      409,
      'last_admin',
      'This is the last administrator:\u001b[2J make somebody else one first.',
    );
    const answers = { ...byName, [`PATCH ${path}`]: refused };
    const { code, out, err } = await on(answers, ['users', 'role', 'alice', 'user']);
    expect([code, out]).toEqual([1, '']);
    expect(err).toBe('memhold: This is the last administrator: [2J make somebody else one first.');
  });

  it('that nobody knows are usage errors', async () => {
    const { code, err, asked } = await on(byName, ['users', 'role', 'alice', 'boss']);
    expect([code, asked]).toEqual([2, []]);
    expect(err).toMatch(/Allowed choices are admin, user, readonly — see memhold users role --help$/);
  });
});

describe('users remove', () => {
  const answers = { ...byName, [`DELETE ${path}`]: {} };
  const removed = (asked: unknown[][]) => asked.filter(([method]) => method === 'DELETE');

  it('asks nobody only with --yes', async () => {
    const { code, asked, out } = await on(answers, ['users', 'remove', 'alice', '--yes']);
    expect([code, out, removed(asked)]).toEqual([0, 'User alice is removed.', [['DELETE', path]]]);
  });

  it('without a terminal and --yes is a usage error, before anything is opened', async () => {
    const { code, err, asked } = await on(answers, ['users', 'remove', 'alice']);
    expect([code, asked]).toEqual([2, []]);
    expect(err).toMatch(/add --yes — see memhold users remove --help$/);
  });

  it.each(['alice', ' alice\n'])('goes on when %j was typed', async (typed) => {
    const { code, asked, err } = await on(answers, ['users', 'remove', 'alice'], {
      ask: async () => typed,
    });
    expect([code, removed(asked)]).toEqual([0, [['DELETE', path]]]);
    expect(err).toMatch(/alice@example\.org.*\n.*cannot be undone/);
  });

  it.each(['', 'y', 'yes', 'Alice', alice.id])('removes nothing when %j was typed', async (typed) => {
    const { code, asked, err } = await on(answers, ['users', 'remove', 'alice'], { ask: async () => typed });
    expect([code, removed(asked)]).toEqual([1, []]);
    expect(err).toMatch(/nothing was removed/);
  });

  it('takes the end of the input for no answer', async () => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    const answer = ask('Name? ', input, output);
    input.end();
    expect(await answer).toBe('');
    const second = new PassThrough();
    const typed = ask('Name? ', second, output);
    second.write('alice\n');
    expect(await typed).toBe('alice');
    expect(String(output.read())).toContain('Name? ');
  });
});

describe('users invite', () => {
  const invitation = { id: 'i', email: null, role: 'user', expires_at: '2026-11-28T12:00:00.000Z' };

  it('prints the link where there is no address, alone on standard output', async () => {
    const answers = { 'POST /invitations': { ...invitation, token: 'mhi_t', link: 'http://x/#mhi_t' } };
    const { out, err, asked } = await on(answers, ['users', 'invite', '--role', 'readonly']);
    expect([out, asked]).toEqual(['http://x/#mhi_t', [['POST', '/invitations', { role: 'readonly' }]]]);
    expect(err).not.toContain('mhi_t');
  });

  it('says where the mail goes', async () => {
    const answers = { 'POST /invitations': { ...invitation, email: alice.email } };
    const { code, out, err, asked } = await on(answers, ['users', 'invite', alice.email]);
    expect([code, out]).toEqual([0, '']);
    expect(err).toContain(`mails the link to ${alice.email}`);
    expect(asked).toEqual([['POST', '/invitations', { role: 'user', email: alice.email }]]);
  });
});
