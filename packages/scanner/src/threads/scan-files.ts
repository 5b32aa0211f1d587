// A thread that scans files beside the main one.
import module from 'node:module';
import { workerData } from 'node:worker_threads';
import type { ScanFilesStart } from './protocol.ts';

const start = workerData as ScanFilesStart;
if (start.compileCache !== undefined) module.enableCompileCache?.(start.compileCache);
// Only now, so that it comes out of the cache.
const { scanClaimed } = await import('./scan-claimed.ts');
await scanClaimed(start);
