/** A pattern as a part of others: its groups without names, and without regard to case where it has none. */
export function sourceOf({ source, ignoreCase }: RegExp): string {
  const unnamed = source.replace(/\(\?<[A-Za-z]\w*>/g, '(?:');
  return ignoreCase ? `(?i:${unnamed})` : unnamed;
}

/** The text as it stands, inside a regular expression. */
export function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
