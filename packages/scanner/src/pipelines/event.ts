import { readRegularFile } from '../files/read-file.ts';

/** What the build system says is not what it is documented to say. */
export class InvalidEvent extends Error {}

const largest = 20_000_000;

/** The JSON that a build system describes its event in. Throws InvalidEvent. */
export function readEvent(file: string): unknown {
  const result = readRegularFile(file, () => largest);
  if (!('bytes' in result)) throw new InvalidEvent('the file of the event cannot be read');
  try {
    return JSON.parse(result.bytes.toString('utf8'));
  } catch {
    throw new InvalidEvent('the file of the event is no JSON');
  }
}

export function record(value: unknown, name: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  throw new InvalidEvent(`${name} is missing`);
}

export function text(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new InvalidEvent(`${name} is missing`);
}
