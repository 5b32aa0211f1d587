import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from './make-folder.ts';

/**
 * Writes a file that only its owner may read (0600, its folder 0700 when it is made here), and makes it durable.
 * An existing file is never replaced: losing a key loses the data.
 */
export function writeSecretFile(path: string, text: string): void {
  makeFolder(dirname(path));
  const file = openSync(path, 'wx', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
