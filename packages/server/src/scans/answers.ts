import { z } from 'zod';
import { moment } from '../http/describe.ts';
import { DECISIONS, SEVERITIES } from './schema.ts';
import { DEPLOYMENT_STATES } from './state.ts';

const decision = z
  .enum(DECISIONS)
  .meta({ description: 'What was decided from the findings, not from what the report concludes.' });
const state = z
  .enum(DEPLOYMENT_STATES)
  .meta({ description: 'Only `may_proceed` and `approved` let a deployment go on.' });
const counts = z
  .object({ critical: z.int(), high: z.int(), medium: z.int(), low: z.int() })
  .meta({ description: 'By the severity that decides: a critical finding that is not sure counts as high.' });

const about = {
  id: z.uuid(),
  scan_id: z.string(),
  project: z.string(),
  ref: z.string().nullable(),
  commit: z.string().nullable(),
  environment: z.string().nullable(),
  decision,
  state,
  reason: z.string().meta({ description: 'Why it was decided so.' }),
  counts,
  submitted_at: moment,
};

const approval = z
  .object({
    decision: z.enum(['approve', 'reject']),
    by: z.uuid().meta({ description: 'The account that decided.' }),
    at: moment,
    expires_at: moment.nullable().meta({ description: 'Null for a rejection, which does not end.' }),
    revoked_at: moment.nullable(),
  })
  .meta({ id: 'DeploymentApproval' });

export const deployment = z
  .object({
    ...about,
    may_proceed: z.boolean(),
    approval: approval.nullable(),
    replaced_by: z.uuid().nullable().meta({ description: 'The newer report of this commit.' }),
  })
  .meta({ id: 'Deployment' });

export const submittedScan = z
  .object({
    ...deployment.shape,
    redacted: z.boolean().meta({ description: 'Whether a secret in it was redacted before it was kept.' }),
  })
  .meta({ id: 'SubmittedScan' });

const posture = z.enum(['medium', 'high']);
const scanFields = {
  ...deployment.shape,
  timestamp: z.string().meta({ description: 'When it was made, as it says.' }),
  complete: z.boolean(),
  posture,
  files: z.object({ total: z.int(), scanned: z.int() }),
  suppressed: z.int(),
  submitted_by: z.uuid().meta({ description: 'The account that sent it, or that made the key which did.' }),
  approval_reason: z.string().nullable(),
};

export const listedScan = z.object(scanFields).meta({ id: 'ListedScan' });
export const scanPage = z.object({
  scans: z.array(listedScan),
  next: z.uuid().nullable().meta({ description: 'Send as `after` for the next page.' }),
});

const finding = z
  .object({
    id: z.string(),
    severity: z.enum(SEVERITIES),
    category: z.string(),
    title: z.string(),
    file: z.string(),
    line: z.int(),
    column: z.int().optional(),
    commit: z.string().optional(),
    rule_id: z.string().optional(),
    confidence: z.enum(['high', 'medium', 'low']),
    validated: z.boolean(),
    preview: z.string().optional(),
    fingerprint: z.string().optional(),
    recommendation: z.string().optional(),
  })
  .meta({ id: 'ScanFinding' });
export const storedScan = z.object({ ...scanFields, findings: z.array(finding) }).meta({ id: 'Scan' });
