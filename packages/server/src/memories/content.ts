import { InputError } from '../http/input.ts';
import { MemoryError } from './errors.ts';
import type { Memory, MemoryContent } from './memory.ts';

/** What an update changes; what is absent stays. `null` clears. */
export interface Changes {
  text?: string;
  metadata?: MemoryContent['metadata'];
  timestamp?: number;
  expiresOn?: string | null;
}

/** What the memory becomes. */
export function contentOf(memory: Memory, changes: Changes): MemoryContent {
  const { text, metadata, role, speaker, thread, timestamp, expiresOn, categories } = memory;
  const expires = changes.expiresOn === undefined ? expiresOn : (changes.expiresOn ?? undefined);
  const moment = changes.timestamp ?? timestamp;
  return {
    text: changes.text ?? text,
    metadata: changes.metadata ?? metadata,
    ...(role !== undefined && { role }),
    ...(speaker !== undefined && { speaker }),
    ...(thread !== undefined && { thread }),
    ...(categories !== undefined && { categories }),
    ...(moment !== undefined && { timestamp: moment }),
    ...(expires !== undefined && { expiresOn: expires }),
  };
}

/** Asking for a memory that nobody would ever find is a mistake. */
export function checkExpiry(expiresOn: string | undefined, now: number): void {
  if (expiresOn !== undefined && expiresOn < new Date(now).toISOString().slice(0, 10))
    throw new InputError('The expiry date has passed already.', [
      { path: 'expires_on', message: 'must not be past' },
    ]);
}

/** @throws MemoryError `text_too_large` */
export function checkSize({ text }: MemoryContent, maxBytes: number): void {
  if (Buffer.byteLength(text) > maxBytes)
    throw new MemoryError('text_too_large', `A memory's text may have at most ${maxBytes} bytes: split it.`);
}
