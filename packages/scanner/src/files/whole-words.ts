/** The words that have room. One that is cut may be a secret, of which no rule would know what is left. */
export function wholeWords(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, Math.max(0, text.lastIndexOf(' ', most)))}…` : text;
}
