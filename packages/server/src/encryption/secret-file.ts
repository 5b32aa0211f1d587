import { closeSync, fsyncSync, linkSync, openSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from './make-folder.ts';

/**
 * Writes a file that only its owner may read (0600, its folder 0700 when it is made here), durable and whole: a
 * crash leaves either all of it or nothing. An existing file is never replaced: losing a key loses the data.
 */
export function writeSecretFile(path: string, text: string): void {
  makeFolder(dirname(path));
  const unfinished = `${path}.${process.pid}.tmp`;
  const file = openSync(unfinished, 'w', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  try {
    // Unlike a rename, a link never takes the place of a file that is there.
    linkSync(unfinished, path);
  } finally {
    rmSync(unfinished);
  }
  syncFolder(dirname(path));
}

/** A new name is as durable as its folder. */
function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
