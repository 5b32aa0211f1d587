import { findBlobs } from './blob-runs.ts';
import { findByteLists } from './byte-lists.ts';
import type { EncodedRun } from './encoded-run.ts';
import { findEscapes } from './escapes.ts';
import type { Layer } from './layer.ts';
import { buildLayer } from './layer.ts';

/** Encodings inside encodings are taken off so many times. */
export const deepest = 3;

/**
 * What is encoded in the text, decoded once, twice, three times: each layer is made of the one before, and only of
 * what was decoded there. Each is no longer than the one before, and costs one walk over it; a text without anything
 * encoded has none. Never throws.
 */
export function* decodedLayers(text: string): Generator<Layer> {
  let below: Layer | undefined;
  for (let depth = 0; depth < deepest; depth++) {
    const source = below;
    const current = source?.text ?? text;
    const runs = findRuns(current);
    const fresh = source === undefined ? runs : runs.filter((run) => source.isDecoded(run.start, run.end));
    if (fresh.length === 0) return;
    below = buildLayer(current, fresh, source);
    yield below;
  }
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
