import type { Json } from './canonical-json.ts';
import type { ExportHeader } from './export-format.ts';
import { createVerifier, encodeVerifierKey, parseVerifierKey, type Verifier } from './note.ts';
import { KeyChain } from './signing-keys/key-chain.ts';
import type { Findings, ProblemList } from './verify-report.ts';

/** The keys that an export is held against: those of its header, as far as the key from outside vouches for them. */
export class TrustedKeys {
  readonly #problems: ProblemList;
  readonly #anchor: Verifier | Uint8Array | undefined;
  /** Undefined while there is nothing to check a signature with. */
  #chain: KeyChain | undefined;
  /** The key to report: the one from outside, else the newest of the header. */
  #used: Verifier | undefined;
  #headerRead = false;
  /** Ids of the old and the new key by the position of the event that must tell of it. */
  readonly #untold = new Map<number, string>();

  /** `anchor`: the key from outside; the name of a bare public key (32 bytes) is taken from the header. */
  constructor(problems: ProblemList, anchor: Verifier | Uint8Array | undefined) {
    this.#problems = problems;
    this.#anchor = anchor;
    if (anchor !== undefined && !(anchor instanceof Uint8Array)) this.#use(anchor);
  }

  /** The key that signs checkpoints of this size; undefined where no key is known. */
  signerOf(size: number): Verifier | undefined {
    return this.#chain?.signerOf(size);
  }

  /** Verifier key text of the key to report. */
  get key(): string | undefined {
    return this.#used && encodeVerifierKey(this.#used);
  }

  get findings(): Pick<Findings, 'keyFrom' | 'replacedAfter' | 'generation'> {
    const { keys } = this.#chain ?? { keys: [] };
    return {
      keyFrom: this.#used && (this.#anchor === undefined ? 'export' : 'outside'),
      replacedAfter: keys.slice(0, -1).map(({ last }) => last),
      generation: this.#used === undefined ? 0 : (this.#chain?.indexOf(this.#used) ?? 0),
    };
  }

  readHeader(header: ExportHeader): void {
    this.#headerRead = true;
    const inside = attempt(() => parseVerifierKey(header.key));
    if (inside === undefined) this.#problems.add('key-unreadable', 'the key in the header cannot be read');
    if (this.#anchor instanceof Uint8Array) {
      const raw = this.#anchor;
      const given = attempt(() => createVerifier(inside?.name ?? header.origin, raw));
      if (given) this.#use(given);
    }
    if (inside === undefined) return;
    const chain = this.#readChain(header, inside);
    this.#used ??= chain.newest;
    if (chain.indexOf(this.#used) >= 0) this.#chain = chain;
    else this.#problems.add('key-mismatch', 'the key inside the export is not the one that you gave');
  }

  /** Takes note of the event at `index`, if it tells of a replacement of the key. */
  event(index: number, event: Readonly<Record<string, Json>>): void {
    if (event.type !== 'audit.key.rotated' || event.success !== true || !this.#headerRead) return;
    const { ids } = (event.resource ?? {}) as { ids?: unknown };
    if (Array.isArray(ids) && this.#untold.get(index) === ids.join(' ')) {
      this.#untold.delete(index);
      return;
    }
    const message = 'the key was replaced here, but the header does not tell how';
    this.#problems.add('rotation-event', message, index);
  }

  /** Ends the log with its number of leaves. */
  finish(size: number): void {
    for (const index of this.#untold.keys()) {
      if (index < size) {
        const message = 'the header says that the key was replaced here, but this event does not tell of it';
        this.#problems.add('rotation-event', message, index);
      } else {
        // Without this, the thief of an old key could cut the log to where that key had signed.
        const message = `the header says that the key was replaced after ${index} leaves, but there are only ${size}: the export was cut`;
        this.#problems.add('truncated', message, size);
      }
    }
  }

  #readChain({ origin, rotations = [] }: ExportHeader, inside: Verifier): KeyChain {
    if (rotations.length === 0) return KeyChain.of(inside);
    try {
      const chain = KeyChain.open(origin, inside, rotations);
      for (const [i, { verifier, last }] of chain.keys.entries()) {
        const next = chain.keys[i + 1];
        if (next) this.#untold.set(last, `${hex(verifier)} ${hex(next.verifier)}`);
      }
      return chain;
    } catch (error) {
      const message = `the replacements of the key do not hold: ${(error as Error).message}`;
      this.#problems.add('rotation-invalid', message);
      return KeyChain.of(inside);
    }
  }

  #use(key: Verifier): void {
    this.#used = key;
    this.#chain = KeyChain.of(key);
  }
}

const hex = ({ id }: Verifier) => id.toString('hex');

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
