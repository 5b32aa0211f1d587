import type { Category, Confidence } from '../finding.ts';
import { isCertain } from '../finding.ts';
import type { Layer } from './layer.ts';
import { decodeText } from './layers.ts';
import { SpanIndex } from './span-index.ts';

interface Decodable {
  readonly rule: { readonly category: Category };
  readonly start: number;
  readonly end: number;
  readonly publicPrefix: number;
  readonly confidence: Confidence;
  readonly validated: boolean;
  readonly isGeneric: boolean;
  readonly isOwn: boolean;
  readonly reasons?: readonly string[];
}

/**
 * Adds to the candidates of a text those of its decoded layers (`find` finds them in one), at the encoded spans in
 * the text itself. Raw ones stay first: of equals on one span the first is kept.
 */
export function addDecoded<C extends Decodable>(text: string, raw: C[], find: (text: string) => C[]): C[] {
  const inBlobs = new Set<C>();
  const candidatesOf = (layers: Iterable<Layer>) => {
    const decoded: C[] = [];
    for (const layer of layers) {
      for (const candidate of find(layer.text)) {
        if (!isStrong(candidate) || !layer.isDecoded(candidate.start, candidate.end)) continue;
        const origin = layer.originOf(candidate.start, candidate.end);
        if (origin === undefined) continue;
        const { start, end, encodings } = origin;
        const reasons = [`decoded from ${encodings.join(', then ')}`, ...(candidate.reasons ?? [])];
        // The beginning that the format makes public is not what stands there.
        const added = { ...candidate, start, end, publicPrefix: 0, reasons };
        decoded.push(added);
        if (encodings[0] === 'base64' || encodings[0] === 'hex') inBlobs.add(added);
      }
    }
    return decoded;
  };
  const { whole, lines } = decodeText(text);
  const decoded = candidatesOf(whole);
  const known = new SpanIndex(decoded);
  // A part of what the whole holds says nothing new, and less exactly.
  const alone = candidatesOf(lines).filter((one) => isCertain(one) && !known.overlaps(one));
  const all = [...decoded, ...alone];
  if (all.length === 0) return raw;
  return merge(
    raw,
    all,
    all.filter((one) => inBlobs.has(one) && isNamed(one)),
  );
}

/** What is doubtful in clear text is noise where text was guessed. */
function isStrong(candidate: Decodable): boolean {
  return candidate.rule.category === 'secret' ? candidate.confidence !== 'low' : isCertain(candidate);
}

/** A rule of the user's own leaves nothing out: see `resolveOverlaps`. */
const isNamed = (candidate: Decodable) =>
  candidate.rule.category === 'secret' && !candidate.isGeneric && !candidate.isOwn && isCertain(candidate);

/**
 * Leaves out a random-looking value once it is known what is encoded in it, and personal data that appears only by
 * decoding a part of a secret, such as the end of a password before the host.
 */
function merge<C extends Decodable>(raw: readonly C[], decoded: readonly C[], explained: readonly C[]): C[] {
  const explanations = new SpanIndex(explained);
  const secrets = new SpanIndex(raw.filter(({ rule, isOwn }) => rule.category === 'secret' && !isOwn));
  return [
    ...raw.filter((one) => !one.isGeneric || isCertain(one) || !explanations.hasInside(one)),
    ...decoded.filter((one) => one.rule.category === 'secret' || !secrets.overlaps(one)),
  ];
}
