import type { z } from 'zod';
import type { Reader } from '../../database/reader.ts';
import { encodeVerifierKey } from '../note.ts';
import type { Notice } from '../notices.ts';
import type { KeyChain } from '../signing-keys/key-chain.ts';
import type {
  askedCheckpoint,
  checkpointPage,
  consistencyProof,
  inclusionProof,
  logKeys as keysAnswer,
} from './answers.ts';
import { CheckedProofs } from './checked-proofs.ts';
import { Checkpoints, presentCheckpoint } from './checkpoints.ts';
import { ProofError } from './errors.ts';

export interface ProofContext {
  reader: Pick<Reader, 'all'>;
  keys(): Promise<KeyChain>;
  /** Leaves that are committed now. */
  size(): number;
  notify(notice: Notice): void;
  /** How long a checkpoint over what is committed is waited for; default: two seconds. */
  patienceMs?: number;
}

export type ProofDuties = ReturnType<typeof proofDuties>;

/** Each proof of a log that was tampered with would tell of it: once for each place, and some places, are enough. */
const MOST_TOLD = 20;

/** What the evidence thread answers about proofs. All of it @throws ProofError. */
export function proofDuties({ reader, keys, size, notify, patienceMs }: ProofContext) {
  const checkpoints = new Checkpoints(reader, keys, patienceMs);
  const proofs = new CheckedProofs(reader, checkpoints, size);
  const told = new Set<string>();

  /** Raises the alarm where what was asked for does not fit what was signed. */
  async function watched<T>(resource: { type: string; ids: string[] }, last: number, work: Promise<T>) {
    try {
      return await work;
    } catch (error) {
      const what = `${resource.type} ${resource.ids.join(' ')}`;
      const { code: detection, message: summary } = error as ProofError;
      if (detection === 'audit_log_tampered' && told.size < MOST_TOLD && !told.has(what)) {
        told.add(what);
        notify({ kind: 'finding', detection, severity: 'critical', summary, resource, first: last, last });
      }
      throw error;
    }
  }
  /** What to check signatures with: the newest key, and the notes that lead to it from those before. */
  const trust = async () => {
    const { newest, rotations } = await keys();
    return { key: encodeVerifierKey(newest), rotations: [...rotations] };
  };
  const ofEvent = (index: number) => ({ type: 'audit_event', ids: [String(index)] });
  const ofCheckpoint = (...sizes: (number | undefined)[]) => ({
    type: 'audit_checkpoint',
    ids: sizes.filter((one) => one !== undefined).map(String),
  });

  return {
    async proveInclusion({
      index,
      size: wanted,
    }: {
      index: number;
      size?: number | undefined;
    }): Promise<z.output<typeof inclusionProof>> {
      const proof = await watched(ofEvent(index), index, proofs.inclusion(index, wanted));
      return { format: 'memhold-audit-proof', version: 1, ...proof, ...(await trust()) };
    },
    async proveConsistency({
      first,
      second,
    }: {
      first: number;
      second?: number | undefined;
    }): Promise<z.output<typeof consistencyProof>> {
      const about = ofCheckpoint(first, second);
      const proof = await watched(about, Math.max(first - 1, 0), proofs.consistency(first, second));
      return { ...proof, ...(await trust()) };
    },
    /** The one of this size, or the newest; `log_size` says how many events there were when it was asked for. */
    async checkpoint({
      size: wanted,
    }: {
      size?: number | undefined;
    }): Promise<z.output<typeof askedCheckpoint>> {
      const logSize = size();
      const looked = wanted === undefined ? checkpoints.newest(logSize) : checkpoints.covering(wanted);
      const found = await watched(ofCheckpoint(wanted), logSize, looked);
      if (wanted !== undefined && found?.size !== wanted) {
        const message = `No checkpoint over ${wanted} events was signed: GET /audit/checkpoints lists those that were.`;
        throw new ProofError('not_found', message);
      }
      if (!found)
        throw new ProofError('checkpoint_missing', 'No checkpoint is signed yet: try again in a second.');
      return { ...presentCheckpoint(found), log_size: logSize, key: (await trust()).key };
    },
    async checkpoints({
      after,
      limit,
    }: {
      after: number;
      limit: number;
    }): Promise<z.output<typeof checkpointPage>> {
      const found = await watched(ofCheckpoint(), after, checkpoints.after(after, limit));
      return {
        checkpoints: found.map(presentCheckpoint),
        next: found.length === limit ? found.at(-1)!.size : null,
      };
    },
    async logKeys(_: Record<string, never>): Promise<z.output<typeof keysAnswer>> {
      const chain = await watched({ type: 'audit_key', ids: [] }, size(), keys());
      const texts = chain.keys.map(({ verifier }) => encodeVerifierKey(verifier));
      return { origin: chain.newest.name, keys: texts, ...(await trust()) };
    },
  };
}
