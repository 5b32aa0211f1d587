import { readFileSync } from 'node:fs';

/** The package's version: its manifest lies beside the published bundle, and one folder up from the sources. */
function readVersion(): string {
  for (const path of ['./package.json', '../package.json']) {
    try {
      return (JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as { version: string })
        .version;
    } catch {
      // The other place.
    }
  }
  return '0.0.0';
}

export const VERSION = readVersion();
