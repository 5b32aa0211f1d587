import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sqliteReader } from '../../database/reader.ts';
import { type InProcessWriter, inProcessWriter } from '../../database/testing/in-process-writer.ts';
import { openCheckpoint, signCheckpoint } from '../checkpoint.ts';
import { leafHash } from '../merkle.ts';
import { createSigner, encodeVerifierKey, parseVerifierKey, rawPublicKey, type Signer } from '../note.ts';
import { KeyChain } from '../signing-keys/key-chain.ts';
import { signRotation } from '../signing-keys/rotation-note.ts';
import { VerifyKeyError } from '../verify.ts';
import { type ProofDuties, proofDuties } from './duties.ts';
import { newSigner, testLog } from './testing/log.ts';
import { verifyProof } from './verify-proof.ts';

type Proof = Awaited<ReturnType<ProofDuties['proveInclusion']>>;

let writer: InProcessWriter;
let signer: Signer;
let key: string;
/** In the newest checkpoint; and at a size that has none of its own. */
let proof: Proof;
let between: Proof;
const kept: Record<number, string> = {};

beforeAll(async () => {
  writer = await inProcessWriter();
  const log = testLog(writer);
  signer = log.signer;
  key = encodeVerifierKey(signer);
  const duties = proofDuties({
    reader: sqliteReader(writer.db),
    keys: async () => KeyChain.of(signer),
    size: log.size,
    notify: () => undefined,
    patienceMs: 0,
  });
  for (const count of [20, 280, 300]) {
    log.append(count);
    log.checkpoint();
    kept[log.size()] = (await duties.checkpoint({})).checkpoint;
  }
  proof = await duties.proveInclusion({ index: 7 });
  between = await duties.proveInclusion({ index: 7, size: 90 });
});
afterAll(() => writer.close());

const verified = (one: object, outside: { key?: string; checkpoint?: string } = { key }) =>
  verifyProof(JSON.stringify(one), outside);
const codes = (...args: Parameters<typeof verified>) => verified(...args).problems.map(({ code }) => code);

describe('what a proof shows', () => {
  it('is said, and so is what it does not show', () => {
    const report = verified(proof, { key, checkpoint: kept[600]! });
    expect(report).toMatchObject({ ok: true, index: 7, size: 600, event: proof.event, key, problems: [] });
    expect(report.proven.join(' ')).toMatch(/Event 7 .* first 600 events .* word for word/);
    expect(report.proven.join(' ')).toMatch(/signed at 2026-.* with the key that you gave/);
    expect(report.proven.join(' ')).toMatch(/checkpoint that you kept outside/);
    expect(report.notProven).toEqual([]);
    const alone = verified(proof, {});
    expect(alone.ok).toBe(true);
    expect(alone.notProven.join(' ')).toMatch(/Who wrote this proof.*rewound or replaced/s);
  });

  it('is the same with the key as raw bytes in base64', () => {
    const raw = rawPublicKey(signer.publicKey).toString('base64');
    expect(verified(proof, { key: raw }).ok).toBe(true);
    expect(codes(proof, { key: Buffer.alloc(32, 1).toString('base64') })).toEqual(['key-mismatch']);
    expect(() => verified(proof, { key: 'nonsense' })).toThrow(VerifyKeyError);
  });
});

describe('what is not the log', () => {
  it('is found in any byte that was changed, cut or put in', () => {
    const edit = fc.record({
      of: fc.constantFrom('proof', 'between'),
      at: fc.nat(),
      how: fc.constantFrom('change', 'cut', 'insert'),
      to: fc.constantFrom(...'{}[]",:0123456789abcdefABCDEF+/=\\ n\n'),
    });
    fc.assert(
      fc.property(edit, ({ of, at, how, to }) => {
        const text = JSON.stringify(of === 'proof' ? proof : between);
        const place = at % text.length;
        const rest = text.slice(place + (how === 'insert' ? 0 : 1));
        const changed = text.slice(0, place) + (how === 'cut' ? '' : to) + rest;
        fc.pre(!sameProof(changed, text));
        expect(verifyProof(changed, { key }).ok, `${how} ${to} at ${place}`).toBe(false);
      }),
      { numRuns: 5000 },
    );
  });

  it('is another place, size, event or root', () => {
    expect(codes({ ...proof, index: 8 })).toEqual(['proof-mismatch']);
    expect(codes({ ...proof, size: 601 })).toEqual(['checkpoint-root']);
    expect(codes({ ...proof, event: proof.event!.replace('m7', 'm8') })).toEqual(['leaf-mismatch']);
    expect(codes({ ...proof, checkpoint: kept[300] })).toEqual(['checkpoint-root']);
    expect(codes({ ...proof, proof: proof.proof.slice(1) })).toEqual(['proof-mismatch']);
    expect(codes({ ...between, consistency: [] })).toEqual(['checkpoint-root']);
    expect(codes({ ...proof, format: 'other' })).toEqual(['proof-unreadable']);
    expect(verifyProof('', { key }).problems[0]!.code).toBe('proof-unreadable');
  });

  it('is a file with a member of no meaning, or one that stands twice, however it is spelled', () => {
    const text = JSON.stringify(proof, undefined, 2);
    const ofText = (changed: string) => verifyProof(changed, { key }).problems.map(({ code }) => code);
    expect(ofText(text)).toEqual([]);
    expect(codes({ ...proof, note: 'trust me' })).toEqual(['proof-unreadable']);
    for (const twice of ['"index": 7', '"index": 8', '"\\u0069ndex": 8', '"event":"{}"']) {
      expect(ofText(text.replace('{', `{ ${twice},`)), twice).toEqual(['proof-unreadable']);
      expect(ofText(text.replace(/\s*\}$/, `,${twice}}`)), twice).toEqual(['proof-unreadable']);
    }
    const long = JSON.stringify({ ...proof, event: '\\"":{'.repeat(1_000_000) });
    expect(ofText(long)).toEqual(['leaf-mismatch']);
  });

  it('is an event that another program would read differently', () => {
    const event = '{"type":"memory.deleted","type":"memory.created"}';
    const leaf = leafHash(Buffer.from(event));
    const note = signCheckpoint({ origin: signer.name, size: 1, root: leaf }, signer);
    const base64 = leaf.toString('base64');
    const forged = { ...proof, index: 0, size: 1, event, leaf_hash: base64, root: base64, proof: [] };
    expect(codes({ ...forged, checkpoint: note })).toEqual(['event-not-canonical']);
  });

  it('is a log of another key, or of another name under the same key', () => {
    const other = newSigner();
    const root = Buffer.from(proof.root, 'base64');
    const own = signCheckpoint({ origin: other.name, size: 600, root }, other);
    const forged = { ...proof, checkpoint: own, key: encodeVerifierKey(other) };
    expect(codes(forged)).toEqual(['key-mismatch']);
    expect(verified(forged, {}).ok).toBe(true);
    const foreign = signCheckpoint({ origin: 'other', size: 600, root }, signer);
    expect(codes({ ...proof, checkpoint: foreign })).toEqual(['checkpoint-signature']);
    expect(codes({ ...proof, checkpoint: own })).toEqual(['checkpoint-signature']);
  });
});

describe('a checkpoint kept outside', () => {
  it('is compared where it has the size of the proof, or of its checkpoint', () => {
    expect(verified(between, { key, checkpoint: kept[300]! }).ok).toBe(true);
    expect(codes(proof, { key, checkpoint: kept[300]! })).toEqual(['outside-checkpoint-size']);
    expect(verified(proof, { key, checkpoint: kept[600]! }).ok).toBe(true);
  });

  it('finds a fork, and is no checkpoint of another log', () => {
    const forged = (by: Signer, size: number) =>
      signCheckpoint({ origin: by.name, size, root: Buffer.alloc(32) }, by);
    expect(codes(proof, { key, checkpoint: forged(signer, 600) })).toEqual(['fork']);
    expect(codes(between, { key, checkpoint: forged(signer, 90) })).toEqual(['fork']);
    expect(codes(proof, { key, checkpoint: forged(newSigner(), 600) })).toEqual([
      'outside-checkpoint-signature',
    ]);
    expect(codes(proof, { key, checkpoint: 'nonsense' })).toEqual(['outside-checkpoint-unreadable']);
  });
});

describe('a key that was replaced', () => {
  it('still leads to what its successor signed, and the successor back to it', () => {
    const next = createSigner(signer.name, newSigner().privateKey);
    const { root, time } = openCheckpoint(kept[600]!, [signer]);
    const rotation = signRotation({ origin: signer.name, size: 300, time: time! }, signer, next);
    const checkpoint = signCheckpoint({ origin: signer.name, size: 600, root, time: time! }, next);
    const renewed = { ...proof, checkpoint, key: encodeVerifierKey(next), rotations: [rotation] };
    for (const one of [key, renewed.key]) {
      const report = verified(renewed, { key: one, checkpoint });
      expect(report).toMatchObject({ ok: true, key: renewed.key });
      expect(report.proven.join(' ')).toMatch(/or with one that it leads to/);
    }
    expect(verified({ ...between, key: renewed.key, rotations: [rotation] }).ok).toBe(true);
    // Signed with the old key where the new one signs: somebody kept the old one.
    expect(codes({ ...renewed, checkpoint: kept[600] })).toEqual(['checkpoint-signature']);
    expect(codes({ ...renewed, rotations: [] })).toEqual(['key-mismatch']);
    expect(codes({ ...renewed, rotations: [rotation, rotation] })).toEqual(['key-unreadable']);
    const thief = encodeVerifierKey(createSigner(signer.name, newSigner().privateKey));
    expect(codes(renewed, { key: thief })).toEqual(['key-mismatch']);
  });
});

describe('the thief of a key that was replaced', () => {
  const event = '{"type":"memory.deleted"}';
  /** An event of their own, under a checkpoint of a time when the old key signed. */
  function forgery() {
    const next = createSigner(signer.name, newSigner().privateKey);
    const rotation = signRotation({ origin: signer.name, size: 300, time: 5 }, signer, next);
    const checkpoint = signCheckpoint(
      { origin: signer.name, size: 1, root: leafHash(Buffer.from(event)) },
      signer,
    );
    return { ...forged(event, checkpoint), key: encodeVerifierKey(next), rotations: [rotation] };
  }

  it('cannot prove an event of their own to whoever has the newest key', () => {
    const made = forgery();
    expect(codes(made, { key: made.key })).toEqual(['checkpoint-signature']);
    const bare = rawPublicKey(parseVerifierKey(made.key).publicKey).toString('base64');
    expect(codes(made, { key: bare })).toEqual(['checkpoint-signature']);
    expect(verified(made, { key: made.key, checkpoint: made.checkpoint }).ok).toBe(true);
  });

  it('is spoken of to whoever has the old one', () => {
    const report = verified(forgery(), { key });
    expect(report.ok).toBe(true);
    expect(report.notProven.join(' ')).toMatch(/Who signed this: .* replaced after 300 events/);
  });
});

describe('what is said', () => {
  it('of a checkpoint kept outside is about its own events', () => {
    const said = (size: number) => verified(between, { key, checkpoint: kept[size]! }).proven.join(' ');
    expect(said(300)).toMatch(/The first 300 events are exactly those of the checkpoint that you kept/);
    const note = signCheckpoint(
      { origin: signer.name, size: 90, root: Buffer.from(between.root, 'base64') },
      signer,
    );
    expect(verified(between, { key, checkpoint: note }).proven.join(' ')).toMatch(
      /The first 90 events are exactly those of the checkpoint that you kept/,
    );
  });

  it('of an event without its text is not that it was removed: anybody can leave a text out', () => {
    const report = verified({ ...proof, event: null });
    expect(report).toMatchObject({ ok: true, event: undefined });
    expect(report.notProven.join(' ')).toMatch(/removed from the log or left out of this file/);
  });

  it.each([
    ['5', 1],
    ['"private"', 1],
    ['null', 1],
    ['[]', 1],
    ['{}', 9_000_000_000_000_000],
  ])('is a report, whatever was signed: event %s, time %i', (event, time) => {
    const root = leafHash(Buffer.from(event));
    const one = forged(event, signCheckpoint({ origin: signer.name, size: 1, root, time }, signer));
    expect(verified(one).ok).toBe(event === '{}');
  });
});

/** A proof of a log with one event. */
function forged(event: string, checkpoint: string) {
  const root = leafHash(Buffer.from(event)).toString('base64');
  return { ...proof, index: 0, size: 1, event, leaf_hash: root, root, proof: [], checkpoint };
}

/** Whether an edit changed nothing that a proof says: white space, or a member that it has none of. */
function sameProof(changed: string, text: string): boolean {
  try {
    const [a, b] = [JSON.parse(changed) as Proof, JSON.parse(text) as Proof];
    return (Object.keys(b) as (keyof Proof)[]).every(
      (name) => JSON.stringify(a[name]) === JSON.stringify(b[name]),
    );
  } catch {
    return false;
  }
}
