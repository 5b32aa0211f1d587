import { printable } from './presentable.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A text of a scanned tree inside HTML or XML 1.0, in an element or a quoted attribute: one line, without secrets. */
export function markupText(text: string): string {
  // XML 1.0 has neither lone surrogates nor the last two code points of the first plane, not even as references.
  return printable(text)
    .toWellFormed()
    .replace(/[\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"']/g, (character) => entities[character]!);
}

/** The same inside Markdown of GitHub, as code: nothing in it is markup, a link or a mention. */
export function markdownCode(text: string): string {
  return `<code>${markdownText(text)}</code>`;
}

/**
 * The same inside Markdown, as running text. Entities stand for characters, never for markup (CommonMark 0.31, 2.5); the
 * invisible space keeps GitHub from telling somebody who is named.
 */
export function markdownText(text: string): string {
  return printable(text)
    .toWellFormed()
    .replace(/[&<>`*_~|\\[\]!#$^]|:(?=\/)|(?<=www)\./gi, (character) => `&#${character.charCodeAt(0)};`)
    .replaceAll('@', '&#64;&#8203;');
}
