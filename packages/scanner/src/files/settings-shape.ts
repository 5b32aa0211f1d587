import { nearestName } from './nearest-name.ts';

/** The file is not what it should be; the message says where, and what to do. It never quotes a value. */
export class InvalidConfiguration extends Error {}

/** An object with no other keys than these. Throws InvalidConfiguration, as all functions here. */
export function record(value: unknown, where: string, keys: readonly string[]): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidConfiguration(`${where} must be an object`);
  }
  const unknown = Object.keys(value).find((key) => !keys.includes(key));
  if (unknown !== undefined) {
    const near = nearestName(unknown, keys);
    const guess = near === undefined ? '' : `, perhaps ${near} is meant`;
    throw new InvalidConfiguration(`${where} has an unknown key${guess}: only ${keys.join(', ')} are known`);
  }
  return value as Record<string, unknown>;
}

export function list(value: unknown, where: string, most = Number.POSITIVE_INFINITY): unknown[] {
  if (!Array.isArray(value)) throw new InvalidConfiguration(`${where} must be a list`);
  if (value.length > most)
    throw new InvalidConfiguration(`${where} has more than ${most} entries: keep fewer`);
  return value;
}

export function string(value: unknown, where: string, longest = Number.POSITIVE_INFINITY): string {
  if (typeof value === 'number' || typeof value === 'boolean') {
    throw new InvalidConfiguration(`${where} must be a text: put it in quotes`);
  }
  if (typeof value !== 'string' || value === '') throw new InvalidConfiguration(`${where} must be a text`);
  if (value.length > longest) {
    throw new InvalidConfiguration(`${where} is longer than ${longest} characters: shorten it`);
  }
  return value;
}

/** A text that reports show: on one line, with nothing in it that steers a terminal, reorders it or cannot be seen. */
export function shownText(value: unknown, where: string, longest?: number): string {
  const text = string(value, where, longest);
  if (!/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text)) return text;
  throw new InvalidConfiguration(
    `${where} has a line break, or a character that controls or cannot be seen: write it on one line without it`,
  );
}

/** A whole number from `least` to `most`. */
export function wholeNumber(value: unknown, where: string, least: number, most: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
    throw new InvalidConfiguration(`${where} must be a whole number from ${least} to ${most}`);
  }
  return value;
}

export function oneOf<T extends string>(value: unknown, where: string, known: readonly T[]): T {
  const found = known.find((one) => one === value);
  if (found !== undefined) return found;
  const near = typeof value === 'string' ? nearestName(value, known) : undefined;
  throw new InvalidConfiguration(
    `${where} must be one of ${known.join(', ')}${near === undefined ? '' : ` (${near}?)`}`,
  );
}
