import { z } from 'zod';
import { moment } from '../../http/describe.ts';

const hash = z.string().meta({ description: '32 bytes in base64.' });
const path = z.array(hash);
const count = z.int().min(0);
const note = z.string().meta({ description: 'A signed note (C2SP tlog-checkpoint).' });
const key = z
  .string()
  .meta({ description: 'The key that signs now, as verifier key text (C2SP signed-note).' });
const rotations = z
  .array(z.string())
  .meta({ description: 'The signed notes that lead from each earlier key to the next one.' });

const onwards = 'From these events to those of the checkpoint: empty where they are the same.';
const consistency = path.meta({ description: onwards });

const event = 'The exact text that the leaf hash covers; null once the event was removed.';
export const inclusionProof = z
  .object({
    format: z.literal('memhold-audit-proof'),
    version: z.literal(1),
    index: count.meta({ description: 'The position of the event, from 0.' }),
    size: count.meta({ description: 'The event is shown to be one of the first so many.' }),
    leaf_hash: hash,
    event: z.string().nullable().meta({ description: event }),
    proof: path,
    root: hash.meta({ description: 'Of the tree of the first `size` events, in base64.' }),
    consistency,
    checkpoint: note,
    key,
    rotations,
  })
  .meta({ id: 'InclusionProof' });

export const consistencyProof = z
  .object({
    first: count,
    second: count,
    first_root: hash,
    second_root: hash,
    proof: path,
    consistency,
    checkpoint: note,
    key,
    rotations,
  })
  .meta({ id: 'ConsistencyProof' });

const signed = {
  size: count.meta({ description: 'How many events it is over.' }),
  root: hash,
  time: moment.nullable().meta({ description: 'When it was signed.' }),
  checkpoint: note,
};

export const checkpoint = z.object(signed).meta({ id: 'Checkpoint' });

export const askedCheckpoint = z.object({
  ...signed,
  log_size: count.meta({ description: 'How many events there were when it was asked for.' }),
  key,
});

const next = '`after` of the next page; null after the last one.';
export const checkpointPage = z.object({
  checkpoints: z.array(checkpoint),
  next: count.nullable().meta({ description: next }),
});

export const logKeys = z.object({
  origin: z.string().meta({ description: 'The name of the log.' }),
  key,
  keys: z.array(z.string()).meta({ description: 'All that have signed, the oldest first.' }),
  rotations,
});
