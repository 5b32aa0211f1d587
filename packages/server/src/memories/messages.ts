import { InputError } from '../http/input.ts';
import type { MemoryContent } from './memory.ts';

/** A message of a conversation, as clients of every door send it. Parts without text (images) are passed over. */
export interface Message {
  role: string;
  content: string | readonly { text?: string | undefined }[] | null;
  name?: string | null | undefined;
}

function textOf({ content }: Message): string {
  if (content === null) return '';
  if (typeof content === 'string') return content;
  return content.flatMap((part) => (part.text === undefined ? [] : [part.text])).join('\n');
}

/**
 * One memory for a text, and for each message that is not a system message; each with the `facts`.
 * @throws InputError when no text is left.
 */
export function contentsOf(
  given: string | readonly Message[],
  facts: Omit<MemoryContent, 'text'>,
): MemoryContent[] {
  const messages = typeof given === 'string' ? [{ role: 'user', content: given }] : given;
  const contents = messages
    .filter(({ role }) => role !== 'system')
    .map((message) => ({
      ...facts,
      text: textOf(message),
      role: message.role,
      ...(message.name && { speaker: message.name }),
    }))
    .filter(({ text }) => text !== '');
  if (contents.length === 0)
    throw new InputError(
      'There is no text to remember: messages has only system messages, or ones without text.',
    );
  return contents;
}
