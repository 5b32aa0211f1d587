import { findBlobs } from './blob-runs.ts';
import { findByteLists } from './byte-lists.ts';
import type { EncodedRun } from './encoded-run.ts';
import { findEscapes } from './escapes.ts';
import type { Layer } from './layer.ts';
import { buildLayer } from './layer.ts';

/** Encodings inside encodings are taken off so many times. */
export const deepest = 3;

/** The layers of a text, and those where each line of a wrapped blob is taken for a value of its own. */
export interface Decoded {
  readonly whole: Iterable<Layer>;
  readonly lines: Iterable<Layer>;
}

/**
 * What is encoded in the text, decoded once, twice, three times: each layer is made of the one before, and only of
 * what was decoded there. Each is no longer than the one before, and costs one walk over it; a text without anything
 * encoded has none. Layers are made when they are asked for. Never throws.
 */
export function decodeText(text: string): Decoded {
  const runs = findRuns(text);
  return { whole: layersOn(text, runs), lines: layersOfLines(text, runs) };
}

function* layersOn(text: string, first: readonly EncodedRun[]): Generator<Layer> {
  let fresh = first;
  let current = text;
  let below: Layer | undefined;
  for (let depth = 1; fresh.length > 0; depth++) {
    const layer = buildLayer(current, fresh, below);
    yield layer;
    if (depth === deepest) return;
    current = layer.text;
    below = layer;
    fresh = findRuns(current).filter((run) => layer.isDecoded(run.start, run.end));
  }
}

function* layersOfLines(text: string, runs: readonly EncodedRun[]): Generator<Layer> {
  yield* layersOn(
    text,
    runs.flatMap((run) => run.apart?.() ?? []),
  );
}

/** The encoded runs of a text, sorted and apart. Escapes come first: what they touch is whole only without them. */
function findRuns(text: string): readonly EncodedRun[] {
  const escapes = findEscapes(text);
  const runs = [...escapes, ...findBlobs(text, escapes), ...findByteLists(text)];
  runs.sort((a, b) => a.start - b.start);
  let end = 0;
  return runs.filter((run) => {
    if (run.start < end) return false;
    end = run.end;
    return true;
  });
}
