/** Longest line that is read, in bytes; a longer one is skipped, so that memory stays bounded. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024;

/** Receives each line without its newline. `terminated` is false for what the file ends with after it. */
export type LineReceiver = {
  line(bytes: Buffer, terminated: boolean): void;
  tooLong(): void;
};

const NEWLINE = 0x0a;

/**
 * Cuts a byte stream into lines at "\n", wherever its pieces were cut. A line is valid only during the
 * call: its memory belongs to the piece, which may be reused.
 */
export class LineSplitter {
  readonly #receiver: LineReceiver;
  #pieces: Buffer[] = [];
  #held = 0;
  #skipping = false;

  constructor(receiver: LineReceiver) {
    this.#receiver = receiver;
  }

  /** Takes the next piece of the stream. */
  push(piece: Buffer): void {
    let start = 0;
    for (;;) {
      const newline = piece.indexOf(NEWLINE, start);
      if (newline < 0) break;
      this.#emit(piece.subarray(start, newline), true);
      start = newline + 1;
    }
    this.#hold(piece.subarray(start));
  }

  /** Ends the stream: what came after the last newline is given out as not terminated. */
  end(): void {
    if (this.#held > 0 || this.#skipping) this.#emit(Buffer.alloc(0), false);
  }

  #hold(rest: Buffer): void {
    if (rest.length === 0) return;
    this.#held += rest.length;
    if (this.#held > MAX_LINE_BYTES) this.#skipping = true;
    if (this.#skipping) this.#pieces = [];
    else this.#pieces.push(Buffer.from(rest));
  }

  #emit(tail: Buffer, terminated: boolean): void {
    const tooLong = this.#skipping || this.#held + tail.length > MAX_LINE_BYTES;
    const line = this.#held === 0 ? tail : Buffer.concat([...this.#pieces, tail]);
    this.#pieces = [];
    this.#held = 0;
    this.#skipping = false;
    if (tooLong) this.#receiver.tooLong();
    else this.#receiver.line(line, terminated);
  }
}
