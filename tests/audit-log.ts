import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Ended, memhold, settingsFor, temporaryFolder } from './server-process.ts';

export interface ExportedEvent {
  type: string;
  time: number;
  success: boolean;
  resource?: { type: string; ids: string[] };
}

/** `memhold audit export` of a data folder: the file, and the public key that was printed beside it. */
export async function exportLog(dataDir: string): Promise<{ file: string; key: string; size: number }> {
  const file = join(temporaryFolder(), 'audit.jsonl');
  const { code, output, errors } = await memhold(
    ['audit', 'export', '--out', file, '--json'],
    settingsFor(dataDir),
  );
  if (code !== 0) throw new Error(`audit export ended with ${code}: ${output}${errors}`);
  const { key, size } = JSON.parse(output);
  return { file, key, size };
}

/** `memhold audit verify`: its exit code and its report. */
export async function verifyLog(file: string, outside: Outside = {}) {
  const { code, output } = await verified(file, outside, '--json');
  return { code, report: JSON.parse(output) };
}

/** The same for a person: its exit code, and what it prints. */
export async function verifyLogAsText(file: string, outside: Outside = {}) {
  const { code, output } = await verified(file, outside);
  return { code, text: output };
}

interface Outside {
  key?: string;
  checkpoint?: string;
}

function verified(file: string, { key, checkpoint }: Outside, ...flags: string[]): Promise<Ended> {
  const args = ['audit', 'verify', file, ...flags];
  if (key !== undefined) args.push('--key', key);
  if (checkpoint !== undefined) args.push('--checkpoint', checkpoint);
  return memhold(args);
}

const linesOf = (file: string) => readFileSync(file, 'utf8').split('\n').filter(Boolean);

/** The public skeletons, in order. */
export function exportedEvents(file: string): ExportedEvent[] {
  return linesOf(file)
    .map((line) => JSON.parse(line))
    .filter((line) => line.event !== undefined)
    .map((line) => line.event);
}

/** The signed notes, in order. */
export function exportedCheckpoints(file: string): string[] {
  return linesOf(file)
    .map((line) => JSON.parse(line))
    .filter((line) => line.checkpoint !== undefined)
    .map((line) => line.checkpoint);
}
