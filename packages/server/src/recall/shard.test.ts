import { describe, expect, it } from 'vitest';
import { parseFilter } from './filters.ts';
import { buildRecord, decodeRecord, encodeRecord, type RecordInput } from './record.ts';
import { type SearchOptions, Shard } from './shard.ts';

const NOW = Date.parse('2024-06-15T12:00:00Z');
let seq = 0;

function put(shard: Shard, id: string, text: string, more: Partial<RecordInput> = {}): void {
  seq++;
  const moment = NOW - 1_000_000 + seq * 1000;
  const built = buildRecord({
    text,
    time: moment,
    createdAt: moment,
    updatedAt: moment,
    metadata: {},
    ...more,
  });
  shard.apply({ id, rowid: seq, changeSeq: seq, record: decodeRecord(encodeRecord(built)) });
}

const remove = (shard: Shard, id: string) => shard.apply({ id, rowid: 0, changeSeq: ++seq, record: null });
const found = (shard: Shard, query: string, options: Partial<SearchOptions> = {}) =>
  shard.search(query, { topK: 10, now: NOW, ...options }).hits.map((hit) => hit.id);

describe('search', () => {
  it('finds by word forms, best match first, with scores from 1 down', () => {
    const shard = new Shard();
    put(shard, 'a', 'We went hiking in the mountains');
    put(shard, 'b', 'The hike to the mountain hut and back');
    put(shard, 'c', 'Bought a new bicycle');
    const { hits } = shard.search('mountain hut hikes', { topK: 10, now: NOW });
    expect(hits.map((hit) => hit.id)).toEqual(['b', 'a']);
    expect(hits[0]?.score).toBe(1);
    expect(hits[1]?.score).toBeLessThan(1);
    expect(found(shard, 'where did we go')).toEqual(['a']);
  });

  it('finds by the day that a memory tells of', () => {
    const shard = new Shard();
    put(shard, 'a', 'Lunch with the team', { time: Date.parse('2023-05-08T10:00:00Z') });
    put(shard, 'b', 'Lunch with the team', { time: Date.parse('2023-07-20T10:00:00Z') });
    expect(found(shard, 'lunch on 20 July 2023')[0]).toBe('b');
    expect(found(shard, 'lunch on 8 May 2023')[0]).toBe('a');
  });

  it('answers a query without terms with the newest, and one that matches nothing with nothing', () => {
    const shard = new Shard();
    put(shard, 'a', 'Tea');
    put(shard, 'b', 'Coffee');
    for (const query of ['', '  ', 'what do you have?'])
      expect(shard.search(query, { topK: 1, now: NOW }).hits).toEqual([{ id: 'b', rowid: seq, score: 0 }]);
    expect(found(shard, 'submarine')).toEqual([]);
    expect(found(shard, '', { threshold: 0.1 })).toEqual([]);
  });

  it('answers with what a speaker said last when only the speaker is known', () => {
    const shard = new Shard();
    put(shard, 'a', 'I like tea', { speaker: 'Anna' });
    put(shard, 'b', 'I like coffee', { speaker: 'Bob' });
    expect(found(shard, 'Anna?')).toEqual(['a']);
  });

  it('respects topK and threshold', () => {
    const shard = new Shard();
    for (let n = 0; n < 30; n++) put(shard, `m${n}`, `tea ${'and other things like biscuits '.repeat(n)}`);
    expect(found(shard, 'tea', { topK: 5 })).toHaveLength(5);
    expect(found(shard, 'tea', { topK: 0 })).toEqual([]);
    const all = shard.search('tea', { topK: 30, now: NOW }).hits;
    const cut = shard.search('tea', { topK: 30, now: NOW, threshold: 0.9 }).hits;
    expect(cut).toEqual(all.filter((hit) => hit.score >= 0.9));
    expect(cut.length).toBeLessThan(all.length);
  });

  it('answers in full even when most matches are far below the best', () => {
    const shard = new Shard();
    put(shard, 'best', 'quixotic zeppelin');
    for (let n = 0; n < 12; n++) put(shard, `m${n}`, `zeppelin ${'word '.repeat(300)}`);
    expect(found(shard, 'quixotic zeppelin')).toHaveLength(10);
  });

  it('prefers what the user said to what the assistant replied', () => {
    const shard = new Shard();
    put(shard, 'u', 'My flight to Lisbon leaves from gate 12 on a rainy day', { role: 'user', runId: 'r' });
    put(shard, 'r', 'Lisbon flight gate', { role: 'assistant', runId: 'r' });
    expect(found(shard, 'Lisbon flight gate')).toEqual(['u', 'r']);
  });

  it('finds a turn between peers by the words of the turn before it', () => {
    const shard = new Shard();
    put(shard, 'q', 'Did the pottery class go well?', { speaker: 'Anna', thread: 't' });
    put(shard, 'a', 'It was wonderful, I made two bowls', { speaker: 'Bob', thread: 't' });
    put(shard, 'x', 'Completely different conversation', { speaker: 'Bob', thread: 'other' });
    expect(found(shard, 'pottery class').toSorted()).toEqual(['a', 'q']);
  });

  it('takes threads of the same name but of different users as different conversations', () => {
    const shard = new Shard();
    put(shard, 'q', 'Did the pottery class go well?', { speaker: 'Anna', thread: 't', userId: 'u1' });
    put(shard, 'a', 'It was wonderful', { speaker: 'Bob', thread: 't', userId: 'u2' });
    expect(found(shard, 'pottery class')).toEqual(['q']);
  });

  it('leaves nothing of a search that failed to the next one, of any shard', () => {
    const [failing, other] = [new Shard(), new Shard()];
    put(failing, 'x', 'tea');
    put(other, 'a', 'coffee');
    put(other, 'b', 'tea and biscuits');
    const filter = {
      ...parseFilter({}),
      test: () => {
        throw new Error('broken');
      },
    };
    expect(() => found(failing, 'tea', { filter })).toThrow('broken');
    expect(found(other, 'biscuits')).toEqual(['b']);
  });

  it('keeps conversations of a user and an assistant to their own words', () => {
    const shard = new Shard();
    put(shard, 'q', 'Did the pottery class go well?', { role: 'user', thread: 't' });
    put(shard, 'a', 'It was wonderful', { role: 'assistant', thread: 't' });
    expect(found(shard, 'pottery class')).toEqual(['q']);
  });

  it('lifts a standing instruction when advice is sought', () => {
    const shard = new Shard();
    put(shard, 'fact', 'The quarterly report format was discussed', { role: 'user', thread: 't' });
    put(shard, 'rule', 'Always format a report with bullet points for our team and keep it short', {
      role: 'user',
      thread: 't',
    });
    expect(found(shard, 'How should I format the report?')[0]).toBe('rule');
    expect(found(shard, 'quarterly report format')[0]).toBe('fact');
  });
});

describe('filter and reach', () => {
  it('answers only with what passes the filter', () => {
    const shard = new Shard();
    put(shard, 'a', 'tea', { metadata: { kind: 'x' } });
    put(shard, 'b', 'tea', { metadata: { kind: 'y' } });
    expect(found(shard, 'tea', { filter: parseFilter({ metadata: { kind: 'y' } }) })).toEqual(['b']);
    expect(found(shard, '', { filter: parseFilter({ metadata: { kind: 'y' } }) })).toEqual(['b']);
  });

  it('gives the same answer as if memories out of reach did not exist', () => {
    const reach = parseFilter({ agent_id: 'mine' });
    const both = new Shard();
    const alone = new Shard();
    const turns = [
      'the boat trip?',
      'we sailed for hours',
      'the boat was red',
      'was it cold?',
      'sailing is cold',
    ];
    turns.forEach((text, n) => {
      const more = {
        speaker: n % 2 ? 'Bob' : 'Anna',
        thread: 't',
        agentId: 'mine',
        time: NOW - 10_000 + n * 10,
      };
      put(both, `m${n}`, text, more);
      seq--;
      put(alone, `m${n}`, text, more);
      put(both, `o${n}`, 'boat sailing cold hours red trip', {
        ...more,
        agentId: 'other',
        speaker: 'Eve',
        time: more.time + 5,
      });
    });
    for (const query of ['boat', 'cold sailing', 'Anna red', 'what did Eve and Anna say about the trip'])
      expect(
        both.search(query, { topK: 10, now: NOW, reach }).hits.map(({ id, score }) => ({ id, score })),
      ).toEqual(alone.search(query, { topK: 10, now: NOW }).hits.map(({ id, score }) => ({ id, score })));
    expect(both.list({ now: NOW, reach, offset: 0, limit: 10 }).total).toBe(5);
  });

  it('keeps a view up to date with later changes', () => {
    const shard = new Shard();
    const reach = parseFilter({ agent_id: 'a' });
    put(shard, 'm1', 'tea', { agentId: 'a' });
    expect(found(shard, 'tea', { reach })).toEqual(['m1']);
    put(shard, 'm2', 'tea', { agentId: 'a' });
    put(shard, 'm3', 'tea', { agentId: 'b' });
    expect(found(shard, 'tea', { reach }).toSorted()).toEqual(['m1', 'm2']);
    remove(shard, 'm1');
    expect(found(shard, 'tea', { reach })).toEqual(['m2']);
  });
});

describe('expiry', () => {
  it('hides a memory after its last day has passed in UTC, and shows it on demand', () => {
    const shard = new Shard();
    put(shard, 'a', 'tea', { expiresOn: '2024-06-15' });
    const lastMoment = Date.parse('2024-06-15T23:59:59.999Z');
    const list = (now: number, showExpired: boolean) =>
      shard.list({ now, showExpired, offset: 0, limit: 10 }).ids.map(({ id }) => id);
    expect(found(shard, 'tea', { now: lastMoment })).toEqual(['a']);
    expect(list(lastMoment, false)).toEqual(['a']);
    expect(found(shard, 'tea', { now: lastMoment + 1 })).toEqual([]);
    expect(found(shard, '', { now: lastMoment + 1 })).toEqual([]);
    expect(list(lastMoment + 1, false)).toEqual([]);
    expect(found(shard, 'tea', { now: lastMoment + 1, showExpired: true })).toEqual(['a']);
    expect(list(lastMoment + 1, true)).toEqual(['a']);
    expect(shard.get('a')?.record.expiresOn).toBe('2024-06-15');
  });
});

describe('list', () => {
  it('pages by creation, then id, in both directions', () => {
    const shard = new Shard();
    for (const id of ['b', 'a', 'c']) put(shard, id, 'same', { createdAt: NOW });
    put(shard, 'z', 'older', { createdAt: NOW - 1 });
    const page = (more: object) => shard.list({ now: NOW, offset: 0, limit: 9, ...more });
    expect(page({}).ids.map(({ id }) => id)).toEqual(['c', 'b', 'a', 'z']);
    expect(page({ order: 'oldest' }).ids.map(({ id }) => id)).toEqual(['z', 'a', 'b', 'c']);
    expect(page({ offset: 1, limit: 2 })).toMatchObject({ total: 4, ids: [{ id: 'b' }, { id: 'a' }] });
    expect(page({ offset: 9 })).toEqual({ total: 4, ids: [] });
  });
});
