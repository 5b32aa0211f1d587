import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A volume of its own, small enough to fill. */
export interface Volume {
  path: string;
  /** Takes all room that is left but `free` bytes. */
  fill(free?: number): void;
  /** Gives the room back. */
  empty(): void;
  unmount(): void;
}

/** Mounts a file system in memory; undefined, and a word about it, where that is not allowed. */
export function smallVolume(kibibytes: number): Volume | undefined {
  const path = mkdtempSync(join(tmpdir(), 'memhold-volume-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${kibibytes}k,mode=700`, 'tmpfs', path]);
  if (mounted.status !== 0) {
    console.warn('SKIPPED: no file system may be mounted here: a full disk is not tried');
    rmSync(path, { recursive: true });
    return undefined;
  }
  const ballast = join(path, 'ballast');
  return {
    path,
    fill(free = 0) {
      const left =
        Number(execFileSync('df', ['--output=avail', '-k', path]).toString().split('\n')[1]) * 1024;
      writeFileSync(ballast, Buffer.alloc(Math.max(0, left - free)));
    },
    empty: () => rmSync(ballast, { force: true }),
    unmount() {
      spawnSync('umount', ['-l', path]);
      rmSync(path, { recursive: true, force: true });
    },
  };
}
