import type { Severity } from '../events.ts';

export type DetectionName =
  | 'brute_force'
  | 'credential_stuffing'
  | 'token_guessing'
  | 'mass_read'
  | 'mass_reveal'
  | 'mass_delete'
  | 'privilege_change'
  | 'canary_read';

export type FindingSeverity = Extract<Severity, 'warning' | 'error' | 'critical'>;

/** The span that every count is over, and how long a subject that was told of stays quiet. */
export const WINDOW_MS = 10 * 60_000;

export interface Threshold {
  /** Different things within the window that make a finding. */
  count: number;
  severity: FindingSeverity;
}

/** When a pattern is told of. Each of these is a guess at what a well-meant caller does not do in ten minutes. */
export const THRESHOLDS: Record<DetectionName, Threshold> = {
  // Twice what locks one network out: whoever gets here came from several, or goes on against the lock.
  brute_force: { count: 10, severity: 'warning' },
  // People of one office mistype their own names, not those of ten accounts.
  credential_stuffing: { count: 10, severity: 'error' },
  // A client with a key that was revoked tries again too; one that does so a hundred times is worth a look as well.
  token_guessing: { count: 100, severity: 'warning' },
  // Twenty of the longest answers without a memory in common. An agent asks for the same few again and again.
  mass_read: { count: 2000, severity: 'warning' },
  // Originals hold the secrets that were redacted: each is looked up by hand, for a reason.
  mass_reveal: { count: 20, severity: 'error' },
  // Forgetting is a rare wish, and deletions cannot be taken back.
  mass_delete: { count: 100, severity: 'error' },
  // Rights are given seldom, and by few.
  privilege_change: { count: 1, severity: 'warning' },
  // Nobody has a reason to read one.
  canary_read: { count: 1, severity: 'critical' },
};

/** Data subjects among the memories of a mass read that make it an error: nobody's own notes are spread like that. */
export const READ_ACROSS_SUBJECTS = 10;
