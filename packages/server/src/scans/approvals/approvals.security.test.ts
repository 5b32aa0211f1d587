import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NO_REQUEST } from '../../http/origin.ts';
import { findingLike, reportLike } from '../testing/reports.ts';
import { ADA, actorIn, BOB, KEY, type ScanApp, START, scanApp } from '../testing/scan-app.ts';

const COMMIT = 'c'.repeat(40);
const CAROL = actorIn(1, 'carol');
const REASON = 'the finding is a test value';
const ACCESS_KEY = `AKIA${'Q3EGRWKYVUZ7NDB2'}`;

let app: ScanApp;
beforeEach(async () => {
  app = await scanApp();
});
afterEach(() => app.close());

const submit = async (severity: string, by = KEY) => {
  const report = reportLike({ findings: [findingLike(severity)], commit: COMMIT });
  return (await app.call(by, 'POST', '/scans', report)).body.id as string;
};
const decide = (id: string, by = BOB, more: object = {}) =>
  app.call(by, 'POST', `/scans/${id}/approvals`, { decision: 'approve', reason: REASON, ...more });
const stateOf = async (id: string) => (await app.call(KEY, 'GET', `/scans/${id}/deployment`)).body.state;
const refusal = (status: number, code: string) =>
  expect.objectContaining({ status, body: expect.objectContaining({ code }) });

describe('a second person', () => {
  it('approves, for a day unless they say otherwise', async () => {
    const id = await submit('high');
    const { status, body } = await decide(id);
    expect(status).toBe(201);
    expect(body).toMatchObject({
      state: 'approved',
      may_proceed: true,
      approval: {
        decision: 'approve',
        by: 'bob',
        at: '2026-11-22T10:00:00.000Z',
        expires_at: '2026-11-23T10:00:00.000Z',
      },
    });
    expect(app.events().at(-1)).toMatchObject({
      type: 'deployment.approved',
      actor: { kind: 'account', id: 'bob' },
      resource: { type: 'scan', ids: [id] },
    });
    expect((await app.call(ADA, 'GET', `/scans/${id}`)).body.approval_reason).toBe(REASON);
    app.clock.at = START + 86_400_000 - 1;
    expect(await stateOf(id)).toBe('approved');
    app.clock.at += 1;
    expect(await stateOf(id)).toBe('expired');
    expect(await decide(id, actorIn(1, 'carol', { provedAt: app.clock.at }))).toEqual(
      refusal(409, 'already_decided'),
    );
  });

  it('says when it ends, within seven days', async () => {
    const id = await submit('high');
    const wrong = [
      { expires_in: 59 },
      { expires_in: 7 * 86_400 + 1 },
      { expires_at: new Date(START + 7 * 86_400_000 + 1).toISOString() },
      { expires_at: new Date(START - 1).toISOString() },
      { expires_in: 600, expires_at: new Date(START + 600_000).toISOString() },
      { decision: 'reject', expires_in: 600 },
    ];
    for (const more of wrong) expect((await decide(id, BOB, more)).status).toBe(400);
    expect((await decide(id, BOB, { expires_in: 600 })).body.approval.expires_at).toBe(
      '2026-11-22T10:10:00.000Z',
    );
    app.clock.at = START + 600_000;
    expect(await stateOf(id)).toBe('expired');
  });

  it('rejects, and that stands', async () => {
    const id = await submit('high');
    expect((await decide(id, BOB, { decision: 'reject' })).body).toMatchObject({
      state: 'rejected',
      may_proceed: false,
      approval: { decision: 'reject', expires_at: null },
    });
    expect(app.events().at(-1)).toMatchObject({ type: 'deployment.rejected' });
    expect(await decide(id, CAROL)).toEqual(refusal(409, 'already_decided'));
    expect(await app.call(BOB, 'DELETE', `/scans/${id}/approvals`)).toEqual(refusal(409, 'not_approved'));
  });

  it('takes an approval back, also that of another, once', async () => {
    const id = await submit('high');
    expect(await app.call(BOB, 'DELETE', `/scans/${id}/approvals`)).toEqual(refusal(409, 'not_approved'));
    await decide(id);
    const { body } = await app.call(ADA, 'DELETE', `/scans/${id}/approvals`);
    expect(body).toMatchObject({ state: 'revoked', may_proceed: false });
    expect(app.events().at(-1)).toMatchObject({ type: 'deployment.revoked' });
    expect(await app.call(BOB, 'DELETE', `/scans/${id}/approvals`)).toEqual(refusal(409, 'not_approved'));
    expect(await decide(id, CAROL)).toEqual(refusal(409, 'already_decided'));
  });

  it('gives a reason that is one line and holds no secret', async () => {
    const id = await submit('high');
    for (const reason of ['', 'short', `${REASON}\nand more`, `\u202e${REASON}`, 'x'.repeat(501), undefined])
      expect((await decide(id, BOB, { reason })).status).toBe(400);
    await decide(id, BOB, { reason: `the key ${ACCESS_KEY} is old` });
    const { text } = await app.call(ADA, 'GET', `/scans/${id}`);
    expect(text).toContain('[REDACTED:aws-access-key]');
    expect(text).not.toContain(ACCESS_KEY);
  });
});

describe('nobody', () => {
  it('decides about what they sent, or what a key of theirs sent', async () => {
    for (const by of [KEY, ADA, actorIn(1, 'ada', { kind: 'operator' })]) {
      const id = await submit('high', by);
      for (const one of [ADA, actorIn(1, 'ada', { kind: 'operator' })])
        expect(await decide(id, one)).toEqual(refusal(403, 'second_person_required'));
      expect(await stateOf(id)).toBe('awaiting_approval');
    }
    expect(app.refused).toContain('second_person_required');
  });

  it('approves what is blocked, or what needs no approval', async () => {
    const blocked = await submit('critical');
    expect(await decide(blocked)).toEqual(refusal(409, 'approval_impossible'));
    expect(await stateOf(blocked)).toBe('blocked');
    expect(await decide(await submit('low'))).toEqual(refusal(409, 'approval_impossible'));
  });

  it('approves what a newer report replaced, also where that comes in the same moment', async () => {
    const first = await submit('high');
    const second = await submit('high');
    expect(await decide(first)).toEqual(refusal(409, 'scan_superseded'));
    app.next.commit = () => submit('high');
    expect(await decide(second)).toEqual(refusal(409, 'scan_superseded'));
  });

  it('but a person does: no key, no certificate, and no login whose password was shown long ago', async () => {
    const id = await submit('high');
    const others = [
      actorIn(1, 'robot', { kind: 'api_key', account: { row: 2, publicId: 'bob' } }),
      actorIn(1, 'device', { kind: 'certificate', account: { row: 2, publicId: 'bob' } }),
    ];
    for (const one of others) expect(await decide(id, one)).toEqual(refusal(403, 'permission_denied'));
    expect(await decide(id, actorIn(1, 'bob', { provedAt: START - 11 * 60_000 }))).toEqual(
      refusal(403, 'step_up_required'),
    );
    const user = actorIn(1, 'bob', { permissions: new Set(['scans:read', 'scans:write']) });
    expect(await decide(id, user)).toEqual(refusal(403, 'permission_denied'));
    expect(await stateOf(id)).toBe('awaiting_approval');
    // Whichever door it comes through.
    for (const one of others) {
      const given = { decision: 'approve', reason: REASON } as const;
      const asked = app.side.approvals.decide(one as never, NO_REQUEST, id, given);
      await expect(asked).rejects.toMatchObject({ code: 'permission_denied' });
    }
  });
});

describe('of several who decide at once', () => {
  it('one does', async () => {
    const people = Array.from({ length: 8 }, (_, i) => actorIn(1, `person-${i}`));
    const id = await submit('high');
    const answers = await Promise.all(
      people.map((one, i) => decide(id, one, { decision: i % 2 === 0 ? 'approve' : 'reject' })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === 'already_decided')).toHaveLength(7);
    const told = app.events().filter(({ type }) => type.startsWith('deployment.'));
    expect(told).toHaveLength(1);
  });

  it('one does, also when the other came between the look and the word', async () => {
    const id = await submit('high');
    app.next.commit = () => decide(id, CAROL, { decision: 'reject' });
    expect(await decide(id)).toEqual(refusal(409, 'already_decided'));
    expect(await stateOf(id)).toBe('rejected');
  });
});

describe('a gate that asks', () => {
  it.each([
    [
      'an approval is taken back',
      'revoked',
      (id: string) => app.call(ADA, 'DELETE', `/scans/${id}/approvals`),
    ],
    ['a newer report comes', 'superseded', () => submit('critical')],
  ])(
    'in the moment in which %s is not let through, and the log tells of no release',
    async (_, state, act) => {
      const id = await submit('high');
      await decide(id);
      app.next.commit = () => act(id);
      expect(await stateOf(id)).toBe(state);
      expect(app.events().map(({ type }) => type)).not.toContain('deployment.released');
    },
  );
});

describe('somebody who writes into the database', () => {
  it('approves nothing: what a gate goes by is sealed', async () => {
    const waiting = await submit('high');
    const set = (assignments: string) => app.writer.db.prepare(`UPDATE scans SET ${assignments}`).run();
    set("verdict = 'approve', decided_by = 'bob', decided_at = 1, expires_at = 9e15");
    expect(await stateOf(waiting)).toBe('awaiting_approval');
    set("decision = 'proceed_with_warnings'");
    expect(await stateOf(waiting)).toBe('awaiting_approval');
    set('verdict_body = body');
    expect((await app.call(KEY, 'GET', `/scans/${waiting}/deployment`)).status).toBe(500);
  });

  it('makes no second person of the sender', async () => {
    const id = await submit('high');
    app.writer.db.prepare("UPDATE scans SET submitted_by = 'nobody'").run();
    expect(await decide(id, ADA)).toEqual(refusal(403, 'second_person_required'));
  });

  it('lengthens no approval', async () => {
    const id = await submit('high');
    await decide(id, BOB, { expires_in: 60 });
    app.writer.db.prepare('UPDATE scans SET expires_at = 9e15').run();
    app.clock.at += 60_000;
    expect(await stateOf(id)).toBe('expired');
  });
});
