import { type EventFormat, FILE_NAMES } from '../exports/formats.ts';

export const GUIDE = 'VERIFY.md';
export const KEY = 'key.txt';
export const CHECKPOINT = 'checkpoint.txt';
export const LOG = FILE_NAMES.native;
export const MANIFEST = 'manifest.txt';

/** The formats that a bundle can hold beside the log itself, in the order of the archive. */
export const BUNDLE_FORMATS: readonly EventFormat[] = ['csv', 'ocsf', 'ecs'];

const REQUIRED = [LOG, CHECKPOINT, KEY, GUIDE];
const OPTIONAL = BUNDLE_FORMATS.map((format) => FILE_NAMES[format]);

/** Whether an archive has just these files, in the order in which they are written; `MANIFEST` last. */
export function isBundle(names: readonly string[]): boolean {
  const optional = OPTIONAL.filter((name) => names.includes(name));
  const expected = [LOG, ...optional, ...REQUIRED.slice(1), MANIFEST];
  return names.length === expected.length && expected.every((name, index) => names[index] === name);
}

export const isBundledName = (name: string): boolean => [...REQUIRED, ...OPTIONAL, MANIFEST].includes(name);
