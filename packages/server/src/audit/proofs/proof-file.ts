import { z } from 'zod';
import { decodeBase64 } from '../base64.ts';
import { HASH_BYTES } from '../sha256.ts';

const hash = z
  .string()
  .transform((text) => decodeBase64(text, HASH_BYTES))
  .refine((bytes) => bytes !== undefined)
  .transform((bytes) => bytes!);
/** A tree of 2^53 leaves has paths of at most 53 nodes; a consistency proof one more. */
const path = z.array(hash).max(64);
const position = z.int().min(0);

const proofFile = z.strictObject({
  format: z.literal('memhold-audit-proof'),
  version: z.literal(1),
  index: position,
  size: position,
  leaf_hash: hash,
  event: z.string().nullable(),
  proof: path,
  root: hash,
  consistency: path,
  checkpoint: z.string(),
  key: z.string(),
  rotations: z.array(z.string()),
});

/** A proof of one event, as `GET /audit/proof/inclusion` answers it; the hashes as 32 bytes. */
export type ProofFile = z.output<typeof proofFile>;

/**
 * Reads a proof, nothing in it checked but its form. Undefined where it is none, or has a member that is not of the
 * format, or twice: another program could read another proof than the one that is checked.
 */
export function parseProofFile(text: string): ProofFile | undefined {
  try {
    const { data } = proofFile.safeParse(JSON.parse(text));
    return data && membersOf(text) === Object.keys(data).length ? data : undefined;
  } catch {
    return undefined;
  }
}

/** How many members the object of a JSON text has, repetitions too: a colon outside strings follows on each name. */
function membersOf(text: string): number {
  return text.replaceAll(/"[^"\\]*(?:\\.[^"\\]*)*"/g, '').split(':').length - 1;
}
