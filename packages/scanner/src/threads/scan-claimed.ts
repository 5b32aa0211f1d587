import { parentPort } from 'node:worker_threads';
import { setUp } from '../command/scan-setup.ts';
import { Intake } from '../files/intake.ts';
import { PathList } from '../files/path-list.ts';
import { Claims } from './claims.ts';
import type { FinishedPart, ScanFilesStart } from './protocol.ts';
import { takeFiles } from './take-files.ts';

/** Reads and scans files until none are left. What a thread cannot finish, the main thread reports. */
export async function scanClaimed({ order, paths: shared, claims: memory, threads }: ScanFilesStart) {
  const { intake: options } = await setUp(order);
  const paths = new PathList(shared);
  const claims = new Claims(paths.length, threads, memory);
  for (let claim = claims.take(); claim !== undefined; claim = claims.take()) {
    const intake = new Intake(options);
    takeFiles(paths, claim, order.folder, intake);
    const part: FinishedPart = { ...claim, gathered: intake.gathered };
    parentPort!.postMessage(part);
  }
}
