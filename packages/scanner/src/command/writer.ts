const room = 1 << 18;

/**
 * Writes texts to a stream, one at a time: the promise resolves when a text is on its way, so that a command that
 * ends does not cut its report. Pieces for a file or a pipe go through the same memory, because those of a large
 * report, each in a buffer of its own, would take more than the scan did.
 */
export function writer(stream: NodeJS.WritableStream): (text: string) => Promise<void> {
  let scratch: Buffer | undefined;
  const bytesOf = (text: string) => {
    // A stream of another kind may keep what it was given.
    const isReleased = typeof (stream as { fd?: unknown }).fd === 'number';
    if (!isReleased || text.length * 3 > room) return Buffer.from(text);
    scratch ??= Buffer.allocUnsafe(room);
    return scratch.subarray(0, scratch.write(text));
  };
  return (text) => new Promise((resolve) => stream.write(bytesOf(text), () => resolve()));
}
