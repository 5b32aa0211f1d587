import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Puts a program in a folder for PATH: a script of the shell, to misbehave as it is told. @returns the folder */
export function fakeProgram(folder: string, name: string, script: string): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return folder;
}

/** A crontab(1) that keeps its text in a file. */
export const honestCrontab = (file: string) => `file='${file}'
case "$1" in
  -l) if [ -f "$file" ]; then cat "$file"; else echo "no crontab for you" >&2; exit 1; fi ;;
  -r) rm -f "$file" ;;
  -) cat > "$file" ;;
esac`;
