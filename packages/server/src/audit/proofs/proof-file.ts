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

const proofFile = z.object({
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

/** Reads a proof, nothing in it checked but its form. Undefined where it is none. */
export function parseProofFile(text: string): ProofFile | undefined {
  try {
    return proofFile.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
