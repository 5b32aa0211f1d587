import { expect, it } from 'vitest';
import { Turns } from './turns.ts';

const ann = { namespace: 1, reach: { user_id: 'ann' } };
const ID = '01890000-0000-7000-8000-00000000000a';

it('follow each other for one memory, however its id is spelt', async () => {
  const turns = new Turns();
  const order: string[] = [];
  let release = () => {};
  const held = new Promise<void>((done) => {
    release = done;
  });
  const first = turns.take(ann, [ID], async () => {
    await held;
    order.push('first');
  });
  const second = turns.take(ann, [ID.toUpperCase()], async () => void order.push('second'));
  release();
  await Promise.all([first, second]);
  expect(order).toEqual(['first', 'second']);
});

it('are nobody’s business who does not reach the same memories: a guessed id neither waits nor holds up', async () => {
  const turns = new Turns();
  let release = () => {};
  const held = new Promise<void>((done) => {
    release = done;
  });
  const owner = turns.take(ann, [ID], () => held);
  const others = [
    { namespace: 2, reach: {} },
    { namespace: 2, reach: { user_id: 'ann' } },
    { namespace: 1, reach: { user_id: 'eve' } },
    { namespace: 1, reach: { agent_id: 'ann' } },
  ];
  for (const other of others) await turns.take(other, [ID], async () => undefined);
  release();
  await owner;
});
