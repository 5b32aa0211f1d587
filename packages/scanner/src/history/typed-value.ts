import { UsageError } from '../command/request.ts';
import type { Surroundings } from '../command/surroundings.ts';

/** A terminal, as far as it is needed to keep it from showing what is typed. */
interface Terminal extends AsyncIterable<Buffer | string> {
  readonly isTTY?: boolean;
  setRawMode?(isRaw: boolean): unknown;
}

const shortest = 8;
const longest = 100_000;
const ENDS = '\r\n\u0004';
const CANCEL = '\u0003';
const ERASE = '\u007f\b';

/** The one value on standard input: all of it, or the line that somebody types unseen. Throws UsageError. */
export async function readTypedValue({ stdin, err }: Pick<Surroundings, 'stdin' | 'err'>): Promise<string> {
  const input = stdin() as Terminal;
  const isTerminal = input.isTTY === true && input.setRawMode !== undefined;
  const value = isTerminal ? await typed(input, err) : await piped(input);
  if (value.length < shortest || value.includes('\0'))
    throw new UsageError(
      `--stdin takes one value of at least ${shortest} characters: shorter ones are everywhere`,
    );
  return value;
}

async function piped(input: Terminal): Promise<string> {
  let text = '';
  for await (const piece of input) {
    text += piece.toString();
    if (text.length > longest)
      throw new UsageError(`--stdin takes one value of at most ${longest} characters`);
  }
  return text.replace(/[\r\n]+$/, '');
}

async function typed(input: Terminal, err: Surroundings['err']): Promise<string> {
  // First: what is typed before it would be shown.
  input.setRawMode!(true);
  err('The value, which is not shown; then Enter:');
  let value = '';
  try {
    for await (const piece of input) {
      for (const character of piece.toString()) {
        if (ENDS.includes(character)) return value;
        if (character === CANCEL) throw new UsageError('nothing was looked for');
        value = ERASE.includes(character) ? value.slice(0, -1) : value + character;
      }
    }
    return value;
  } finally {
    input.setRawMode!(false);
  }
}
