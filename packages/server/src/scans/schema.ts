import { z } from 'zod';
import { text } from '../http/input.ts';

export const DECISIONS = ['block_deployment', 'require_approval', 'proceed_with_warnings'] as const;
export const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;
const CONFIDENCES = ['high', 'medium', 'low'] as const;

export const MOST_FINDINGS = 10_000;
const MOST_COUNTED = 1_000_000_000;

const count = z.int().min(0).max(MOST_COUNTED);
const place = z.int().min(0).max(MOST_COUNTED);

/** Of so many digits as clocks have. */
export const timestamp = z.iso.datetime({ offset: true }).max(40, 'must have at most 40 characters');

/** An id that somebody else gave: printable, without spaces. */
export const scanId = text({ max: 128 }).regex(
  /^[A-Za-z0-9][A-Za-z0-9._:-]*$/,
  'must be letters, digits and ._:- only',
);
export const project = text({ max: 200 });
export const ref = text({ max: 255 });
export const commit = text({ max: 64 })
  .regex(/^[0-9A-Fa-f]{7,64}$/, 'must be the id of a commit, in hex')
  .toLowerCase();
export const environment = text({ max: 64 }).regex(
  /^[A-Za-z0-9][A-Za-z0-9._/-]*$/,
  'must be letters, digits and ._/- only',
);

/** What is kept of a finding. What a report leaves out counts as the graver. */
const finding = z.object({
  id: text({ max: 128 }),
  severity: z.enum(SEVERITIES),
  category: text({ max: 64 }),
  title: text({ max: 300 }),
  file: text({ min: 0, max: 4096 }),
  line: place,
  column: place.optional(),
  commit: commit.optional(),
  rule_id: text({ max: 200 }).optional(),
  confidence: z.enum(CONFIDENCES).default('high'),
  validated: z.boolean().default(false),
  preview: text({ min: 0, max: 200 }).optional(),
  fingerprint: text({ max: 300 }).optional(),
  recommendation: text({ min: 0, max: 1000 }).optional(),
});
export type KeptFinding = z.output<typeof finding>;

/**
 * A report as `memhold scan --format json` writes it, with what it is about beside it. Members that are not here are
 * taken and not kept: a newer scanner may say more, an older one less.
 */
export const newScan = z
  .object({
    scan_id: scanId,
    timestamp,
    project,
    ref: ref.optional(),
    commit: commit.optional().meta({ description: 'The commit that is to be deployed, in hex.' }),
    environment: environment.optional().meta({ description: 'Where to, such as `production`.' }),
    security_posture: z.enum(['medium', 'high']),
    complete: z.boolean().default(false).meta({
      description: 'Whether everything could be scanned; a report that does not say so is blocked.',
    }),
    summary: z.object({
      total_files: count,
      scanned_files: count,
      issues_found: count,
      critical: count,
      high: count,
      medium: count,
      low: count,
      suppressed: count.optional(),
    }),
    findings: z.array(finding).max(MOST_FINDINGS, `must hold at most ${MOST_FINDINGS} findings`),
    veto_decision: z
      .enum(['BLOCK', 'WARN', 'ALLOW'])
      .nullish()
      .meta({ description: 'Makes the decision stricter where it is `BLOCK`, never milder.' }),
  })
  .meta({ description: 'Members that are not named here are not kept.' });
export type NewScan = z.output<typeof newScan>;

export const scanQuery = z.strictObject({
  project: project.optional(),
  ref: ref.optional(),
  commit: commit.optional(),
  decision: z.enum(DECISIONS).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  after: z.uuid('must be the next of the page before').toLowerCase().optional(),
});
export type ScanQuery = z.output<typeof scanQuery>;

export const scanPath = z.strictObject({ id: text({ max: 64 }) });

/** One line that can be shown anywhere; Cf are characters that reorder text or cannot be seen. */
export const reason = text({ min: 10, max: 500 }).refine(
  (given) => !/[\p{Cc}\p{Cf}]/u.test(given),
  'must be one line of printable characters',
);

export const SHORTEST_APPROVAL_S = 60;
export const LONGEST_APPROVAL_S = 7 * 86_400;

export const newApproval = z
  .strictObject({
    decision: z.enum(['approve', 'reject']),
    reason,
    expires_in: z
      .int()
      .min(SHORTEST_APPROVAL_S)
      .max(LONGEST_APPROVAL_S)
      .optional()
      .meta({ description: 'Seconds, a minute to seven days. Default: a day.' }),
    expires_at: z.iso
      .datetime({ offset: true })
      .optional()
      .meta({ description: 'In its place, a moment within seven days.' }),
  })
  .refine((given) => given.expires_in === undefined || given.expires_at === undefined, {
    error: 'give expires_in or expires_at',
    path: ['expires_at'],
  })
  .refine(
    ({ decision, expires_in, expires_at }) =>
      decision === 'approve' || (expires_in === undefined && expires_at === undefined),
    { error: 'is for approvals: a rejection does not end', path: ['decision'] },
  );
export type NewApproval = z.output<typeof newApproval>;
