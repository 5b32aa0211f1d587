const LONGEST = 200;

/** One line without control, format and other invisible characters. */
export function oneLine(text: string): string {
  return text.replace(/\s+/gu, ' ').replace(/\p{C}/gu, '').trim();
}

/**
 * A text that somebody else chose, for the middle of a mail: one line of at most 200 characters, in which mail
 * programs find nothing to make a link of. Else an invitation would carry anybody's advertisement.
 */
export function quoted(text: string): string {
  const harmless = oneLine(text)
    .replaceAll('://', ': ')
    .replace(/\.(?=\p{L})/gu, '. ');
  return [...harmless].slice(0, LONGEST).join('').trim();
}

/** `a…@example.org`: enough to recognize one's own address by. */
export function maskedAddress(address: string): string {
  const at = address.lastIndexOf('@');
  if (at < 1) return '…';
  const [first] = address;
  return `${first}…${address.slice(at)}`;
}

/** `2026-11-21 12:00 UTC`, from epoch milliseconds. */
export function utc(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
