import { statSync } from 'node:fs';
import module from 'node:module';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { kindOfFault } from '../command/guard-outcome.ts';
import type { ScanOrder } from '../command/scan-setup.ts';
import { Intake, type IntakeOptions } from '../files/intake.ts';
import type { PathList } from '../files/path-list.ts';
import { Claims } from './claims.ts';
import type { FinishedPart, ScanFilesStart } from './protocol.ts';
import { shownPath, takeFiles } from './take-files.ts';

export interface FileScan {
  readonly paths: PathList;
  readonly order: ScanOrder;
  readonly options: IntakeOptions;
  /** Takes in everything, in the order of the list. */
  readonly intake: Intake;
  onProgress(done: number): void;
  /** A thread ended before its work: its files are reported as not scanned. */
  onLoss(reason: string): void;
  /** Threads beside this one. Default: by the number of files, their size and the machine. */
  readonly helpers?: number;
  /** What they are told, where it is not the same. */
  readonly orderOfHelpers?: ScanOrder;
}

/** Below it, what a thread needs to start is more than what it saves. */
const worthwhileBytes = 4_000_000;
/** Each costs some thirty megabytes of memory, and the disk and the sorting of findings do not grow with them. */
const mostHelpers = 3;
/** Of short-lived texts a thread needs room for a few; without a limit V8 takes several times that. */
const resourceLimits = { maxYoungGenerationSizeMb: 8 };

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const threadFile = new URL(`./scan-files.${extension}`, import.meta.url);

/**
 * Scans the files of a list, in this thread and in others where that pays. The result is that of one thread, in the
 * same order. What a thread claimed and did not finish comes out as `failed`, so that the scan is incomplete.
 */
export async function scanFilesTogether(scan: FileScan): Promise<void> {
  const { paths, order, options, intake, onProgress } = scan;
  const helpers = scan.helpers ?? (areWorthThreads(paths) ? helpersOfMachine() : 0);
  const claims = new Claims(paths.length, helpers + 1);
  if (helpers === 0) {
    for (let claim = claims.take(); claim !== undefined; claim = claims.take()) {
      takeFiles(paths, claim, order.folder, intake);
      onProgress(claim.to);
    }
    return;
  }
  const collector = new Collector(scan);
  const start: ScanFilesStart = {
    order: scan.orderOfHelpers ?? order,
    paths: paths.shared,
    claims: claims.memory,
    threads: helpers + 1,
    compileCache: module.getCompileCacheDir?.(),
  };
  const onPart = (part: FinishedPart) => collector.add(part);
  const ends = Array.from({ length: helpers }, () => runThread(start, onPart, scan.onLoss));
  for (let claim = claims.take(); claim !== undefined; claim = claims.take()) {
    const own = new Intake(options);
    takeFiles(paths, claim, order.folder, own);
    collector.add({ ...claim, gathered: own.gathered });
    onProgress(claims.dealt);
    // Lets in what the others have sent.
    await new Promise(setImmediate);
  }
  await Promise.all(ends);
  collector.finish();
}

/** Hands finished parts to the intake in the order of the list, each as soon as nothing before it is missing. */
class Collector {
  readonly #scan: FileScan;
  readonly #waiting = new Map<number, FinishedPart>();
  #next = 0;

  constructor(scan: FileScan) {
    this.#scan = scan;
  }

  add(finished: FinishedPart): void {
    this.#waiting.set(finished.from, finished);
    for (let part = this.#take(); part !== undefined; part = this.#take()) {
      this.#scan.intake.absorb(part.gathered);
      this.#next = part.to;
    }
  }

  /** What is missing now was lost with its thread. */
  finish(): void {
    const { paths, order, intake } = this.#scan;
    while (this.#next < paths.length) {
      intake.skip({ path: shownPath(paths.at(this.#next++).toString(), order.folder) }, 'failed');
      const part = this.#take();
      if (part !== undefined) this.add(part);
    }
  }

  #take(): FinishedPart | undefined {
    const part = this.#waiting.get(this.#next);
    this.#waiting.delete(this.#next);
    return part;
  }
}

/** Resolves when the thread is gone, however it went. */
function runThread(
  workerData: ScanFilesStart,
  onPart: (part: FinishedPart) => void,
  onLoss: (reason: string) => void,
): Promise<void> {
  return new Promise((resolve) => {
    // Never its message: a rule module that runs there may have put what it read into it.
    const lose = (error: unknown) => onLoss(kindOfFault(error));
    try {
      const thread = new Worker(threadFile, { name: 'memhold-scan', workerData, resourceLimits });
      thread.on('message', onPart);
      thread.on('error', lose);
      thread.on('exit', () => resolve());
    } catch (error) {
      lose(error);
      resolve();
    }
  });
}

function helpersOfMachine(): number {
  return Math.min(availableParallelism() - 1, mostHelpers);
}

/** Two files or more of some megabytes together; looks at no more of them than it takes to know. */
function areWorthThreads(paths: PathList): boolean {
  let bytes = 0;
  for (let i = 0; i < paths.length; i++) {
    bytes += statSync(paths.at(i), { throwIfNoEntry: false })?.size ?? 0;
    if (bytes >= worthwhileBytes && paths.length > 1) return true;
  }
  return false;
}
