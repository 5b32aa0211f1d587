import { WriteRefused, whereToWrite, writeFileWhole } from '../files/write-file.ts';
import { rendererOf } from '../reports/formats.ts';
import { inChunks } from '../reports/json-pieces.ts';
import type { Report } from '../reports/report.ts';
import { type ScanRequest, UsageError } from './request.ts';

/** Throws UsageError where a report could not be written: better before the scan than after it. */
export function checkWritable({ reports }: ScanRequest, folder: string): void {
  for (const { file } of reports) explained(file, () => whereToWrite(file, folder));
}

/** Writes the reports that are wanted as files. Throws UsageError. */
export async function writeReports(request: ScanRequest, report: Report, folder: string): Promise<void> {
  const { isVerbose, showsCompliance } = request;
  for (const { format, file } of request.reports) {
    const render = await rendererOf(format);
    writeWanted(file, lines(render(report, { colours: false, isVerbose, showsCompliance })), folder);
  }
}

function* lines(pieces: Iterable<string>): Generator<string> {
  yield* inChunks(pieces);
  yield '\n';
}

/** Writes a file that the command line names. Throws UsageError. */
export function writeWanted(file: string, text: string | Iterable<string>, folder: string): void {
  explained(file, () => writeFileWhole(file, text, folder));
}

function explained(file: string, act: () => void): void {
  try {
    act();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof WriteRefused) throw new UsageError(`${file}: ${error.message}`);
    if (code === undefined) throw error;
    throw new UsageError(`${file}: cannot be written (${code})`);
  }
}
