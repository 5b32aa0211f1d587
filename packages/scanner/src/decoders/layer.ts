import { isAt, runEnd, WORD } from '../characters.ts';
import type { EncodedRun, Origins } from './encoded-run.ts';

/** A span of the text that was scanned in the first place, and how what lies there is encoded, outermost first. */
export interface Origin {
  readonly start: number;
  readonly end: number;
  readonly encodings: readonly string[];
}

/** A text with its encoded runs decoded in their places, without what lies far from any. Never longer than that text. */
export interface Layer {
  readonly text: string;
  /** Whether any of the span was decoded to make this layer. */
  isDecoded(start: number, end: number): boolean;
  /** Undefined for a span over a place where something was left out. */
  originOf(start: number, end: number): Origin | undefined;
}

/** How much is kept around each run: a name before it, what ends a value after it. */
const keptBefore = 96;
const keptAfter = 32;
/** Stands for what was left out. No blob, name or value goes across it. */
const gap = '\n\0\n';

interface Piece {
  /** Offset in the layer's text. */
  readonly at: number;
  /** Offset in the text below. */
  readonly from: number;
  readonly length: number;
  /** Pieces without a gap between them are of one group. */
  readonly group: number;
  readonly run: EncodedRun | undefined;
}

/** The layer above `text`, whose encoded runs are sorted and apart; `below` is the layer that the text belongs to. */
export function buildLayer(text: string, runs: readonly EncodedRun[], below: Layer | undefined): Layer {
  const pieces: Piece[] = [];
  const parts: string[] = [];
  let [at, group, copied] = [0, 0, 0];
  const put = (part: string, from: number, run?: EncodedRun) => {
    if (part.length === 0) return;
    pieces.push({ at, from, length: part.length, group, run });
    parts.push(part);
    at += part.length;
  };
  runs.forEach((run, i) => {
    const before = contextStart(text, run.start, copied);
    if (before - copied > gap.length) {
      if (at > 0) {
        parts.push(gap);
        at += gap.length;
        group++;
      }
      put(text.slice(before, run.start), before);
    } else put(text.slice(copied, run.start), copied);
    put(run.decoded, run.start, run);
    copied = contextEnd(text, run.end, runs[i + 1]?.start ?? text.length);
    put(text.slice(run.end, copied), run.end);
  });
  return layerOf(parts.join(''), pieces, below);
}

/** A word that is cut in two would look like a shorter one: the kept text begins and ends with whole ones. */
function contextStart(text: string, runStart: number, limit: number): number {
  const from = Math.max(limit, runStart - keptBefore);
  return from === limit || !isAt(text, from - 1, WORD) ? from : runEnd(text, from, WORD, runStart);
}

function contextEnd(text: string, runEnd: number, limit: number): number {
  let end = Math.min(limit, runEnd + keptAfter);
  if (end === limit || !isAt(text, end, WORD)) return end;
  while (end > runEnd && isAt(text, end - 1, WORD)) end--;
  return end;
}

function layerOf(text: string, pieces: readonly Piece[], below: Layer | undefined): Layer {
  const known = new Map<EncodedRun, Origins>();
  const originsOf = (run: EncodedRun) => {
    const origins = known.get(run) ?? run.origins();
    known.set(run, origins);
    return origins;
  };

  /** Index of the last piece that begins at or before the offset. */
  function pieceAt(offset: number): number {
    let [low, high] = [0, pieces.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (pieces[middle]!.at <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  function startOf({ at, from, run }: Piece, offset: number): number {
    return run === undefined ? from + offset - at : originsOf(run).starts[offset - at]!;
  }

  function endOf({ at, from, run, length }: Piece, offset: number): number {
    // A match may take in the newline that a gap begins with.
    const within = Math.min(offset - at, length);
    return run === undefined ? from + within : originsOf(run).ends[within - 1]!;
  }

  return {
    text,
    isDecoded(start, end) {
      const last = pieceAt(end - 1);
      for (let i = pieceAt(start); i <= last; i++) if (pieces[i]!.run !== undefined) return true;
      return false;
    },
    originOf(start, end) {
      const [first, last] = [pieceAt(start), pieceAt(end - 1)];
      const isInGap = start >= pieces[first]!.at + pieces[first]!.length;
      if (isInGap || pieces[first]!.group !== pieces[last]!.group) return undefined;
      const encodings = new Set<string>();
      for (let i = first; i <= last; i++) {
        const run = pieces[i]!.run;
        if (run !== undefined) encodings.add(run.encoding);
      }
      const own = { start: startOf(pieces[first]!, start), end: endOf(pieces[last]!, end) };
      const named = encodings.size === 0 ? [] : [[...encodings].join(' and ')];
      if (below === undefined) return { ...own, encodings: named };
      const origin = below.originOf(own.start, own.end);
      return origin && { ...origin, encodings: [...origin.encodings, ...named] };
    },
  };
}
