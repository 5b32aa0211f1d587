import { encodeBase64 } from '../base64.ts';
import { canonicalJson, type Json } from '../canonical-json.ts';
import { type Checkpoint, openCheckpoint, parseCheckpoint } from '../checkpoint.ts';
import { leafHash, verifyConsistency, verifyInclusion } from '../merkle.ts';
import { encodeVerifierKey, parseNote, parseVerifierKey, rawPublicKey, type Verifier } from '../note.ts';
import { equalBytes } from '../sha256.ts';
import { KeyChain } from '../signing-keys/key-chain.ts';
import { readKey, type VerifyOptions } from '../verify.ts';
import { type ProofFile, parseProofFile } from './proof-file.ts';
import { describe, type ProofProblemCode, type ProofReport } from './proof-report.ts';

/** The reason why a proof is none; the first one ends the verification. */
class Unproven extends Error {
  readonly code: ProofProblemCode;

  constructor(code: ProofProblemCode, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Verifies a proof of one event (`proof-file.ts`) without a server or a database. Whatever the text is, the answer
 * is a report. Throws VerifyKeyError where `options.key` cannot be read.
 */
export function verifyProof(text: string, options: VerifyOptions = {}): ProofReport {
  const outside = options.key === undefined ? undefined : readKey(options.key.trim());
  const file = parseProofFile(text);
  try {
    if (!file) throw new Unproven('proof-unreadable', 'this is no proof of an event, or it was cut');
    return checked(file, outside, options.checkpoint);
  } catch (error) {
    if (!(error instanceof Unproven)) throw error;
    const { code, message } = error;
    const about = { index: file?.index, size: file?.size ?? 0, event: undefined, root: undefined };
    const nothing = { proven: [], notProven: ['Anything: the proof does not hold.'], key: undefined };
    return { ok: false, ...about, problems: [{ code, message }], ...nothing };
  }
}

function checked(file: ProofFile, outside: Verifier | Uint8Array | undefined, kept: string | undefined) {
  const { index, size, root } = file;
  checkEvent(file);
  if (!verifyInclusion(index, size, file.leaf_hash, file.proof, root))
    throw new Unproven('proof-mismatch', 'the proof does not lead from the event to the root');
  const chain = chainOf(file, outside);
  const given = outside && indexIn(chain, outside);
  const signed = signedCheckpoint(file.checkpoint, chain);
  if (!verifyConsistency(size, signed.size, file.consistency, root, signed.root))
    throw new Unproven('checkpoint-root', 'the root is not the one that was signed');
  const signer = chain.signerOf(signed.size);
  const keptSize = kept === undefined ? undefined : compareKept(kept, { size, root }, signed, chain);
  // What the newer key signed would have to agree with it, and is not here: a thief of the old key needs no more.
  if (keptSize === undefined && given !== undefined && chain.indexOf(signer) < given) {
    const message =
      'the checkpoint is signed with a key that was replaced before the one that you gave, so whoever has the old key could have made it: ask for a new proof, or give a checkpoint that you kept';
    throw new Unproven('checkpoint-signature', message);
  }
  const replacedAfter = given === undefined ? undefined : chain.keys[given]!.last;
  return {
    ok: true,
    index,
    size,
    event: file.event ?? undefined,
    problems: [],
    ...describe(file, signed, {
      outsideKey: outside !== undefined,
      keptOutside: keptSize,
      replacedKeys: chain.rotations.length > 0,
      replacedAfter: replacedAfter === Number.POSITIVE_INFINITY ? undefined : replacedAfter,
    }),
    root: encodeBase64(root),
    key: encodeVerifierKey(signer),
  };
}

function checkEvent({ event, leaf_hash }: ProofFile): void {
  if (event === null) return;
  if (!equalBytes(leafHash(Buffer.from(event)), leaf_hash))
    throw new Unproven('leaf-mismatch', 'the text of the event is not the one that was logged');
  // Anything else would read differently in another program: a key that stands twice, say.
  if (!event.startsWith('{') || !isCanonical(event))
    throw new Unproven('event-not-canonical', 'the text of the event can be read in more than one way');
}

function isCanonical(text: string): boolean {
  try {
    return canonicalJson(JSON.parse(text) as Json) === text;
  } catch {
    return false;
  }
}

/** The keys of the file, with the trusted one among them. */
function chainOf(file: ProofFile, outside: Verifier | Uint8Array | undefined): KeyChain {
  let chain: KeyChain;
  try {
    const newest = parseVerifierKey(file.key);
    chain = KeyChain.open(newest.name, newest, file.rotations);
  } catch {
    throw new Unproven(
      'key-unreadable',
      'the keys inside the file cannot be read, or do not follow on each other',
    );
  }
  if (outside === undefined) return chain;
  if (indexIn(chain, outside) < 0)
    throw new Unproven('key-mismatch', 'the proof is not of the log whose key you gave');
  return chain;
}

/** Which key of the chain this is, 0 the oldest; -1 where it is none of them. */
function indexIn(chain: KeyChain, key: Verifier | Uint8Array): number {
  if (!(key instanceof Uint8Array)) return chain.indexOf(key);
  return chain.keys.findIndex(({ verifier }) => equalBytes(rawPublicKey(verifier.publicKey), key));
}

function signedCheckpoint(note: string, chain: KeyChain): Checkpoint {
  const { size, origin } = readCheckpoint(note, 'checkpoint-unreadable', 'the checkpoint cannot be read');
  try {
    if (origin === chain.newest.name) return openCheckpoint(note, [chain.signerOf(size)]);
  } catch {
    // Said below, like a checkpoint of another log.
  }
  throw new Unproven('checkpoint-signature', 'the checkpoint is not signed by the key of the log');
}

function readCheckpoint(note: string, code: ProofProblemCode, message: string): Checkpoint {
  try {
    return parseCheckpoint(parseNote(note).text);
  } catch {
    throw new Unproven(code, message);
  }
}

/**
 * A checkpoint kept outside can be compared where it is over as many events as the proof, or its own checkpoint.
 * @returns how many events that are
 */
function compareKept(
  note: string,
  proven: Pick<Checkpoint, 'size' | 'root'>,
  signed: Checkpoint,
  chain: KeyChain,
): number {
  const unreadable = 'the checkpoint that you gave cannot be read';
  const kept = readCheckpoint(note, 'outside-checkpoint-unreadable', unreadable);
  try {
    if (kept.origin !== signed.origin) throw new Error('another log');
    openCheckpoint(note, [chain.signerOf(kept.size)]);
  } catch {
    const message = 'the checkpoint that you gave is not signed by the key of this log';
    throw new Unproven('outside-checkpoint-signature', message);
  }
  const same = [proven, signed].find(({ size }) => size === kept.size);
  if (!same) {
    const message = `the proof is in the first ${proven.size} events, your checkpoint is over ${kept.size}: make a proof for it with memhold audit proof --checkpoint`;
    throw new Unproven('outside-checkpoint-size', message);
  }
  if (!equalBytes(same.root, kept.root)) {
    const message = `the first ${kept.size} events are not those of the checkpoint that you gave: the log was rewritten or forked`;
    throw new Unproven('fork', message);
  }
  return kept.size;
}
