/** Parts of a file, from and to. */
export type Span = readonly [from: number, to: number];

const mark = Buffer.from('PK\x03\x04', 'latin1');
const headerLength = 30;

/**
 * Whether a header of a member stands in front of the directory where no member of the directory lies: one that other
 * readers unpack and this one would pass over in silence. What merely looks similar, as in a program that unpacks
 * itself, does not count. Linear in the length, and sorts `spans`.
 */
export function hasUnlistedMember(bytes: Buffer, end: number, spans: Span[]): boolean {
  spans.sort(([a], [b]) => a - b);
  let from = 0;
  for (const [start, stop] of [...spans, [end, end] as const]) {
    const to = Math.min(start, end);
    const gap = bytes.subarray(from, Math.max(from, Math.min(to + mark.length - 1, end)));
    for (let at = gap.indexOf(mark); at !== -1; at = gap.indexOf(mark, at + 1)) {
      if (isHeader(bytes, from + at)) return true;
    }
    from = Math.max(from, stop);
  }
  return false;
}

/** By what no reader does without: a version that exists (APPNOTE 4.4.3), a method, a name. */
function isHeader(bytes: Buffer, at: number): boolean {
  if (at + headerLength > bytes.length) return false;
  const version = bytes[at + 4]!;
  const method = bytes.readUInt16LE(at + 8);
  const nameLength = bytes.readUInt16LE(at + 26);
  const isKnown = version < 100 && method < 100 && nameLength > 0;
  return isKnown && at + headerLength + nameLength + bytes.readUInt16LE(at + 28) <= bytes.length;
}
