import { CommandFailure } from './failure.ts';

/** The header of the log grows with each key that ever signed it. */
const MOST_HEADER = 16 * 1024 * 1024;
const NEWLINE = 0x0a;

/** Counts what comes from a server, and takes the size and the key of a native export out of its first line. */
export class ExportCount {
  bytes = 0;
  private readonly format: string;
  private lines = 0;
  private head = '';
  private headIsWhole = false;

  constructor(format: string) {
    this.format = format;
  }

  take(piece: Uint8Array): void {
    this.bytes += piece.length;
    for (let at = piece.indexOf(NEWLINE); at >= 0; at = piece.indexOf(NEWLINE, at + 1)) this.lines++;
    if (this.format !== 'native' || this.headIsWhole) return;
    this.head += Buffer.from(piece).toString('latin1');
    const end = this.head.indexOf('\n');
    this.headIsWhole = end >= 0 || this.head.length > MOST_HEADER;
    if (end >= 0) this.head = this.head.slice(0, end);
  }

  result(): { size: number; key?: string; invalid: number } {
    if (this.format !== 'native')
      return { size: Math.max(this.lines - (this.format === 'csv' ? 1 : 0), 0), invalid: 0 };
    try {
      const { size, key } = JSON.parse(this.head) as { size: number; key: string };
      if (Number.isSafeInteger(size) && typeof key === 'string') return { size, key, invalid: 0 };
    } catch {
      // Said below.
    }
    throw new CommandFailure(
      'no_memhold',
      'the answer is no export of an audit log — is this a memhold server?',
    );
  }
}
