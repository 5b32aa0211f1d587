/** Controls, format characters such as those that turn the direction of text, line separators, halves of characters. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

const utf16 = (text: string) =>
  Array.from(
    { length: text.length },
    (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('');

/** JSON on one line, in which nothing is invisible: what reads lines, or shows them, cannot be led astray. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replace(INVISIBLE, utf16);
}

/** Text in which a backslash and whatever is invisible is written as in JSON: `\\`, `\u000a`. */
export function visibleText(text: string): string {
  return text.replaceAll('\\', '\\\\').replace(INVISIBLE, utf16);
}
