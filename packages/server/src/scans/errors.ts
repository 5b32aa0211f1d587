export type ScanErrorCode =
  | 'not_found'
  | 'scan_conflict'
  | 'scan_superseded'
  | 'already_decided'
  | 'approval_impossible'
  | 'second_person_required'
  | 'not_approved';

const MESSAGES: Record<ScanErrorCode, string> = {
  not_found: 'There is no such report.',
  scan_conflict: 'Another report has this scan_id already: scan again, and send the new report.',
  scan_superseded: 'A newer report of this commit came in: decide about that one.',
  already_decided: 'Somebody has decided about this report already: scan again for another decision.',
  approval_impossible:
    'This report is blocked, and no approval lifts that: mend what it found, then scan again.',
  second_person_required:
    'Whoever sent a report, or owns the key that did, does not decide about it: ask somebody else.',
  not_approved: 'This report has no approval that could be taken back.',
};

export class ScanError extends Error {
  readonly code: ScanErrorCode;

  constructor(code: ScanErrorCode, message = MESSAGES[code]) {
    super(message);
    this.name = 'ScanError';
    this.code = code;
  }
}
