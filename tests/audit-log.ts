import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { memhold, settingsFor, temporaryFolder } from './server-process.ts';

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

/** `memhold audit verify`: its exit code, its report, and what a person would read. */
export async function verifyLog(file: string, outside: { key?: string; checkpoint?: string } = {}) {
  const args = ['audit', 'verify', file];
  if (outside.key !== undefined) args.push('--key', outside.key);
  if (outside.checkpoint !== undefined) args.push('--checkpoint', outside.checkpoint);
  const [json, text] = await Promise.all([memhold([...args, '--json']), memhold(args)]);
  return { code: json.code, textCode: text.code, report: JSON.parse(json.output), text: text.output };
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
