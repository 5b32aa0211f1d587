import type { ScanOrder } from '../command/scan-setup.ts';
import type { Gathered } from '../files/intake.ts';
import type { SharedPaths } from '../files/path-list.ts';

/** What a thread gets when it starts. */
export interface ScanFilesStart {
  readonly order: ScanOrder;
  readonly paths: SharedPaths;
  /** Memory of the `Claims`. */
  readonly claims: SharedArrayBuffer;
  readonly threads: number;
  /** Where compiled code is kept, if anywhere. */
  readonly compileCache: string | undefined;
}

/** What a thread says of each part that it has finished. */
export interface FinishedPart {
  readonly from: number;
  readonly to: number;
  readonly gathered: Gathered;
}
