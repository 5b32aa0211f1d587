import { z } from 'zod';
import { moment } from '../http/describe.ts';
import { screening } from '../memories/answers.ts';

const clusterFields = {
  cluster_id: z.uuid(),
  user_id: z.string(),
  topic: z.string(),
  category: z.string().nullable(),
  memory_ids: z.array(z.uuid()).meta({ description: 'Without those of memories that have ended.' }),
  summary: z.string().nullable(),
  version: z.int().min(1).meta({ description: 'Grows with each change.' }),
  created_at: moment,
  last_built_at: moment.meta({ description: 'When its memories were last put together; ISO 8601 in UTC.' }),
};

export const storedCluster = z.object(clusterFields).meta({ id: 'Cluster' });

export const createdCluster = z.object({ ...clusterFields, screening }).meta({ id: 'CreatedCluster' });

export const changedCluster = z
  .object({ ...clusterFields, screening })
  .partial()
  .required({ cluster_id: true, version: true, screening: true })
  .meta({
    id: 'ChangedCluster',
    description: 'Who may not read clusters gets the cluster_id, version and screening.',
  });

export const clusterPage = z.object({
  clusters: z.array(storedCluster),
  total: z.int(),
  next: z.uuid().nullable().meta({ description: 'Send as `after` for the next page.' }),
  partial: z
    .literal(true)
    .optional()
    .meta({ description: 'There when a cluster of this page was changed from outside and is left out.' }),
});

export const deletedCluster = z.object({ cluster_id: z.uuid(), message: z.string() });
