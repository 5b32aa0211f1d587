import { readFileSync } from 'node:fs';
import type { ExportedEvent } from '../audit-log.ts';

/** An exported event with its erasable part: where it came from, under which name. */
export interface WholeEvent extends ExportedEvent {
  severity: string;
  action?: string;
  code?: string;
  private: { ip?: string; username?: string; path?: string; [key: string]: unknown };
}

/** The events of an export with their private parts, in order. */
export function wholeEvents(file: string): WholeEvent[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
    .filter(({ event }) => event !== undefined)
    .map(({ event, private: part = {} }) => ({ ...event, private: part }));
}
