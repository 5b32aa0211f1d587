import { z } from 'zod';
import { moment } from '../../http/describe.ts';

export const storedName = z
  .object({
    id: z.uuid(),
    name: z.string().meta({ description: 'In the form in which names are compared.' }),
    created_at: moment,
  })
  .meta({ id: 'CertificateName' });

export const nameList = z.object({ certificates: z.array(storedName) });
