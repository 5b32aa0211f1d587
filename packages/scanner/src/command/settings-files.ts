import { lstatSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { readBaseline } from '../files/baseline.ts';
import {
  type Configuration,
  InvalidConfiguration,
  noConfiguration,
  parseConfiguration,
} from '../files/configuration.ts';
import { decode } from '../files/decode.ts';
import { wordsOfSkip } from '../files/place.ts';
import { readRegularFile } from '../files/read-file.ts';
import { type ScanRequest, UsageError } from './request.ts';

const largest = 20_000_000;

/** Reads the baseline that was named. Throws UsageError. */
export function loadBaseline(
  { baseline, useSuppressions }: ScanRequest,
  folder: string,
): ReadonlySet<string> {
  if (baseline === undefined || !useSuppressions) return new Set();
  return parsed(baseline, folder, readBaseline);
}

/**
 * Reads the configuration that was named, or `.memhold/scan.json` of this folder or of the repository around it:
 * never one that lies deeper in what is scanned. Globs are relative to the folder that holds `.memhold`.
 * Throws UsageError.
 */
export function loadConfiguration(request: ScanRequest, folder: string, today: string): Configuration {
  if (!request.useSuppressions) return noConfiguration;
  const root = request.config === undefined ? rootOf(folder) : folder;
  if (root === undefined) return noConfiguration;
  const file = request.config ?? join(root, '.memhold', 'scan.json');
  const configuration = parsed(file, folder, (text) => parseConfiguration(text, today));
  if (request.selection !== undefined || root === folder) return configuration;
  const fromRoot = (path: string) => relative(root, resolve(folder, path)).replaceAll('\\', '/');
  return {
    isExcluded: (path) => configuration.isExcluded(fromRoot(path)),
    suppressionOf: (finding, path) => configuration.suppressionOf(finding, fromRoot(path)),
  };
}

/** The nearest folder upwards with a configuration, no farther than the top of the repository. */
function rootOf(start: string): string | undefined {
  const exists = (path: string) => lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  for (let folder = start; ; folder = dirname(folder)) {
    if (exists(join(folder, '.memhold', 'scan.json'))) return folder;
    if (exists(join(folder, '.git')) || dirname(folder) === folder) return undefined;
  }
}

function parsed<T>(file: string, folder: string, parse: (text: string) => T): T {
  const result = readRegularFile(resolve(folder, file), () => largest);
  if (!('bytes' in result)) throw new UsageError(`${file}: ${wordsOfSkip(result.skip)}`);
  try {
    return parse(decode(result.bytes).text);
  } catch (error) {
    if (error instanceof InvalidConfiguration) throw new UsageError(`${file}: ${error.message}`);
    throw error;
  }
}
