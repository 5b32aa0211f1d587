/** A stretch of text that is an encoding of other text. */
export interface EncodedRun {
  /** UTF-16 offsets, end exclusive. */
  readonly start: number;
  readonly end: number;
  /** As reports say it: `base64`, `percent-encoding`. */
  readonly encoding: string;
  /** Never longer than the run. */
  readonly decoded: string;
  /** Where each decoded code unit lies. Costs a walk over the run, so it is asked for only when something was found. */
  origins(): Origins;
  /** What the run may be instead: several values of one length, one after the other. Empty when it is one for sure. */
  apart?(): readonly EncodedRun[];
}

/** Of each decoded code unit, the smallest encoded piece that holds it: an escape, two hex digits, four of base64. */
export interface Origins {
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}
