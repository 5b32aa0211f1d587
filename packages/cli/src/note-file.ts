import { readFile, stat } from 'node:fs/promises';
import { CommandFailure } from './failure.ts';

/** A note is a few lines; anything longer is another file. */
const MAX_NOTE_BYTES = 64 * 1024;

/** The text of a signed checkpoint that was kept in a file. */
export async function readNote(path: string): Promise<string> {
  if ((await stat(path)).size > MAX_NOTE_BYTES) {
    throw new CommandFailure(
      'not_a_checkpoint',
      `${path} is too large for a checkpoint — name the file of a signed note`,
    );
  }
  return readFile(path, 'utf8');
}

/** How many events a kept checkpoint is over, its signature not checked. */
export async function sizeOfNote(path: string): Promise<string> {
  const [, size = ''] = (await readNote(path)).split('\n');
  if (/^[1-9][0-9]{0,15}$/.test(size)) return size;
  throw new CommandFailure(
    'not_a_checkpoint',
    `${path} is no checkpoint over any events — name the file of a signed note`,
  );
}
