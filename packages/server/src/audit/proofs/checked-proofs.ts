import type { Reader } from '../../database/reader.ts';
import { encodeBase64 } from '../base64.ts';
import { leafHash, verifyConsistency, verifyInclusion } from '../merkle.ts';
import { equalBytes } from '../sha256.ts';
import type { Checkpoints, SignedCheckpoint } from './checkpoints.ts';
import { ProofError } from './errors.ts';
import { NodeMissing, Prover } from './prover.ts';
import { publicPartAt } from './store.ts';

/** That one event stands at its place in the first `size` events. Hashes are base64. */
export interface InclusionProof {
  index: number;
  size: number;
  leaf_hash: string;
  /** The exact text that the leaf hash covers; null once the event was removed. */
  event: string | null;
  proof: string[];
  /** Of the tree with `size` leaves. */
  root: string;
  /** From `size` to the size of the checkpoint: empty where they are the same. */
  consistency: string[];
  /** Signed note over these events, or over these and further ones. */
  checkpoint: string;
}

/** That the first `second` events begin with the first `first` ones, unchanged. */
export interface ConsistencyProof {
  first: number;
  second: number;
  first_root: string;
  second_root: string;
  proof: string[];
  /** From `second` to the size of the checkpoint. */
  consistency: string[];
  checkpoint: string;
}

/** Proofs, each checked against a signed checkpoint before it is handed out: what does not fit is refused. */
export class CheckedProofs {
  private readonly reader: Pick<Reader, 'all'>;
  private readonly prover: Prover;
  private readonly checkpoints: Checkpoints;
  /** Leaves that are committed now. */
  private readonly size: () => number;

  constructor(reader: Pick<Reader, 'all'>, checkpoints: Checkpoints, size: () => number) {
    this.reader = reader;
    this.prover = new Prover(reader);
    this.checkpoints = checkpoints;
    this.size = size;
  }

  /** @throws ProofError: `invalid_input`, `checkpoint_missing`, `audit_log_tampered` */
  async inclusion(index: number, wanted: number | undefined): Promise<InclusionProof> {
    const last = this.size() - 1;
    if (index > last) throw new ProofError('invalid_input', `index: must be 0 to ${last}`);
    const checkpoint = await this.signedFor('size', index + 1, wanted);
    const size = wanted ?? checkpoint.size;
    const problem = `No proof of event ${index} fits what was signed: export the log and verify it.`;
    return fits(problem, async () => {
      const [row] = await this.reader.all(publicPartAt, { seq: index });
      const removed = row?.skeleton.length === 0;
      if (!row || !(removed || equalBytes(leafHash(row.skeleton), row.leaf))) return undefined;
      const { root, consistency } = await this.rootIn(checkpoint, size);
      const proof = await this.prover.inclusion(index, size);
      if (!verifyInclusion(index, size, row.leaf, proof, root)) return undefined;
      return {
        index,
        size,
        leaf_hash: encodeBase64(row.leaf),
        event: removed ? null : Buffer.from(row.skeleton).toString(),
        proof: proof.map(encodeBase64),
        root: encodeBase64(root),
        consistency,
        checkpoint: checkpoint.note,
      };
    });
  }

  /** @throws ProofError: `invalid_input`, `checkpoint_missing`, `audit_log_tampered` */
  async consistency(first: number, wanted: number | undefined): Promise<ConsistencyProof> {
    const size = this.size();
    if (first < 1 || first > size) throw new ProofError('invalid_input', `first: must be 1 to ${size}`);
    const checkpoint = await this.signedFor('second', first, wanted);
    const second = wanted ?? checkpoint.size;
    const problem = `No proof from ${first} to ${second} events fits what was signed: export the log and verify it.`;
    return fits(problem, async () => {
      const { root, consistency } = await this.rootIn(checkpoint, second);
      const before = await this.prover.root(first);
      const kept = await this.checkpoints.covering(first);
      if (kept?.size === first && !equalBytes(kept.root, before)) return undefined;
      const proof = await this.prover.consistency(first, second);
      if (!verifyConsistency(first, second, proof, before, root)) return undefined;
      return {
        first,
        second,
        first_root: encodeBase64(before),
        second_root: encodeBase64(root),
        proof: proof.map(encodeBase64),
        consistency,
        checkpoint: checkpoint.note,
      };
    });
  }

  /** The checkpoint that a proof is made for: the newest, or the first over `wanted` leaves, of which there are `least`. */
  private async signedFor(
    name: string,
    least: number,
    wanted: number | undefined,
  ): Promise<SignedCheckpoint> {
    const size = this.size();
    if (wanted !== undefined && (wanted < least || wanted > size))
      throw new ProofError('invalid_input', `${name}: must be ${least} to ${size}`);
    const needed = wanted ?? least;
    const newest = await this.checkpoints.newest(needed);
    const found = wanted === undefined ? newest : await this.checkpoints.coveringByNewestKey(wanted);
    if (found && found.size >= needed) return found;
    const message = `No checkpoint over ${needed} events is signed yet: try again in a second.`;
    throw new ProofError('checkpoint_missing', message);
  }

  /** The root at a size that no checkpoint may have, shown to be that of the checkpoint's own events. */
  private async rootIn(checkpoint: SignedCheckpoint, size: number) {
    if (size === checkpoint.size) return { root: checkpoint.root, consistency: [] };
    const root = await this.prover.root(size);
    const proof = await this.prover.consistency(size, checkpoint.size);
    if (!verifyConsistency(size, checkpoint.size, proof, root, checkpoint.root))
      throw new NodeMissing('the leaves are not those that were signed');
    return { root, consistency: proof.map(encodeBase64) };
  }
}

/** @throws ProofError `audit_log_tampered` with this message, where there is no proof that fits */
async function fits<T>(message: string, make: () => Promise<T | undefined>): Promise<T> {
  let cause: unknown;
  try {
    const made = await make();
    if (made !== undefined) return made;
  } catch (error) {
    if (!(error instanceof NodeMissing)) throw error;
    cause = error;
  }
  throw new ProofError('audit_log_tampered', message, { cause });
}
