import { Writable } from 'node:stream';

type GoOn = (error?: Error) => void;

/**
 * A stream that is written no further than somebody takes from it: whoever writes waits for its `drain`. For an answer
 * in pieces, asked for one by one from another thread.
 */
export class TakenStream {
  /** Takes one piece at a time: its writer never runs ahead, and always waits where a `close` can reach it. */
  readonly out: Writable;
  private readonly pieceBytes: number;
  private waiting: Buffer[] = [];
  private bytes = 0;
  private goOn: GoOn | undefined;
  private wake: () => void = () => undefined;
  private state: 'open' | 'ended' | Error = 'open';

  /** @param pieceBytes a piece has at least so many, but for the last */
  constructor(pieceBytes: number) {
    this.pieceBytes = pieceBytes;
    this.out = new Writable({
      highWaterMark: 1,
      write: (chunk: Buffer, _encoding, done: GoOn) => {
        if (this.state instanceof Error) return done(this.state);
        this.waiting.push(chunk);
        this.bytes += chunk.length;
        if (this.bytes < this.pieceBytes) return done();
        this.goOn = done;
        this.wake();
      },
    });
    // Whoever writes is told by the rejection of what it awaits.
    this.out.on('error', () => undefined);
  }

  /** The next piece, or undefined after the last one. @throws what the writer failed with */
  async take(): Promise<Uint8Array | undefined> {
    if (this.state === 'open' && this.bytes < this.pieceBytes)
      await new Promise<void>((wake) => {
        this.wake = wake;
      });
    if (this.state instanceof Error) throw this.state;
    if (this.bytes === 0) return undefined;
    // A copy of its own: what crosses to another thread takes its whole buffer along.
    const piece = new Uint8Array(this.bytes);
    let at = 0;
    for (const chunk of this.waiting) {
      piece.set(chunk, at);
      at += chunk.length;
    }
    this.waiting = [];
    this.bytes = 0;
    const { goOn } = this;
    this.goOn = undefined;
    goOn?.();
    return piece;
  }

  /** The writer has written all. */
  end(): void {
    if (this.state === 'open') this.state = 'ended';
    this.wake();
  }

  /** Whoever takes, and whoever writes, is told of the error at their next step. */
  fail(error: Error): void {
    if (!(this.state instanceof Error)) this.state = error;
    this.waiting = [];
    this.bytes = 0;
    const { goOn } = this;
    this.goOn = undefined;
    goOn?.(error);
    this.wake();
  }
}
