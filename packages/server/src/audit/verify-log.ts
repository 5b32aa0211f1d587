import { isAscii, isUtf8 } from 'node:buffer';
import { encodeBase64 } from './base64.ts';
import { CheckedTree } from './checked-tree.ts';
import type { Checkpoint } from './checkpoint.ts';
import { parseCheckpoint } from './checkpoint.ts';
import type { ExportHeader, LeafBody } from './export-format.ts';
import { parseCheckpointLine, parseHeaderLine, parseLeafLine } from './export-format.ts';
import { LeafContent } from './leaf-content.ts';
import { LeafOrder } from './leaf-order.ts';
import type { LineReceiver } from './line-splitter.ts';
import type { Verifier } from './note.ts';
import { NoteError, openNote, parseNote } from './note.ts';
import { OutsideCheckpoint } from './outside-checkpoint.ts';
import { TrustedKeys } from './verify-keys.ts';
import { Removals } from './verify-removals.ts';
import type { VerifyReport } from './verify-report.ts';
import { describe, ProblemList } from './verify-report.ts';

/** What the person who verifies brings along. */
export type TrustAnchors = {
  /** A verifier, or a bare public key (32 bytes) whose name is taken from the export. */
  readonly key?: Verifier | Uint8Array;
  /** Signed note of a checkpoint. */
  readonly checkpoint?: string;
};

/** Verifies an export line by line, in constant memory. Never throws on what the lines hold. */
export class LogVerifier implements LineReceiver {
  readonly #problems = new ProblemList();
  readonly #content = new LeafContent(this.#problems);
  readonly #removals = new Removals(this.#problems);
  readonly #keys: TrustedKeys;
  readonly #outside: OutsideCheckpoint | undefined;
  readonly #tree: CheckedTree;
  readonly #order: LeafOrder;
  #lines = 0;
  #header: ExportHeader | undefined;
  #signedSize = 0;
  #checkpoints = 0;
  #lastTime = 0;
  #endsWithCheckpoint = false;
  #cut = false;

  constructor(anchors: TrustAnchors) {
    const { key, checkpoint } = anchors;
    this.#keys = new TrustedKeys(this.#problems, key);
    this.#outside = checkpoint === undefined ? undefined : new OutsideCheckpoint(checkpoint, this.#problems);
    this.#tree = new CheckedTree(this.#outside?.size);
    this.#order = new LeafOrder({
      place: (leaf) => this.#tree.append(leaf),
      missing: () => this.#tree.break(),
      problem: (code, message, index, last) => this.#problems.add(code, message, index, last),
    });
  }

  /** Takes a line without its newline; `terminated` is false where the file ended before one. */
  line(bytes: Buffer, terminated: boolean): void {
    const ascii = isAscii(bytes);
    const valid = ascii || isUtf8(bytes);
    const text = ascii || !valid ? bytes.toString('latin1') : bytes.toString();
    if (!terminated) {
      this.#cut = true;
      if (!text.endsWith('}')) return;
    }
    if (this.#lines++ === 0 && this.#readHeader(valid ? text : '')) return;
    this.#endsWithCheckpoint = false;
    const leaf = parseLeafLine(text);
    if (leaf !== undefined) {
      const body = valid ? leaf.body : undefined;
      // A position beyond the lines read so far is out of place, which is said: it must not cost memory as well.
      if (body === 'removed' && leaf.index < this.#lines) this.#removals.removed(leaf.index);
      else if (body !== undefined && body !== 'removed') this.#note(leaf.index, body);
      this.#order.offer(this.#content.check(leaf, body, text, ascii ? bytes : undefined));
    } else if (text.startsWith('{"checkpoint":')) {
      this.#readCheckpoint(valid ? text : '');
    } else if (this.#lines > 1) {
      this.#unreadable('this line is not of the format');
    }
  }

  /** Takes note of a line that was too long to read. */
  tooLong(): void {
    if (this.#lines++ === 0) this.#readHeader('');
    this.#endsWithCheckpoint = false;
    this.#unreadable('this line is too long');
  }

  /** Ends the export and reports. */
  finish(): VerifyReport {
    this.#order.close();
    const size = this.#order.expected;
    this.#checkEnd(size);
    this.#keys.finish(size);
    // What told of a removal may have been cut off, which was said.
    if (!this.#problems.has('truncated', 'size-mismatch')) this.#removals.finish();
    const outside = this.#outside?.compare({
      size,
      tree: this.#tree,
      origin: this.#header?.origin,
      keys: this.#keys,
      lastTime: this.#lastTime,
    });
    const root = this.#tree.root();
    const found = {
      size,
      problems: this.#problems,
      signedSize: this.#signedSize,
      checkpoints: this.#checkpoints,
      outside,
      ...this.#keys.findings,
      ...this.#removals.findings,
      ...this.#content.findings,
    };
    return {
      ok: this.#problems.count === 0,
      size,
      removed: found.removed,
      removals: found.removals,
      problems: this.#problems.first,
      problemCount: this.#problems.count,
      root: root && encodeBase64(root),
      key: this.#keys.key,
      ...describe(found),
    };
  }

  #readHeader(text: string): boolean {
    const header = parseHeaderLine(text);
    if (header === undefined) {
      this.#problems.add('header-unreadable', 'the first line is not the header of an audit export', 0);
      return false;
    }
    this.#header = header;
    this.#keys.readHeader(header);
    return true;
  }

  #note(index: number, { event, private: details }: LeafBody): void {
    this.#keys.event(index, event);
    this.#removals.event(index, event, details?.value);
  }

  #unreadable(message: string): void {
    this.#problems.add('line-unreadable', message, this.#order.expected);
    this.#order.offerUnreadable();
  }

  #readCheckpoint(line: string): void {
    // Also where it is a bad one: that is a problem of its own, and the file is not cut as well.
    this.#endsWithCheckpoint = true;
    const at = this.#order.expected;
    const note = parseCheckpointLine(line);
    const checkpoint = note === undefined ? 'checkpoint-unreadable' : this.#open(note);
    if (typeof checkpoint !== 'string') {
      this.#applyCheckpoint(checkpoint);
      return;
    }
    const wrong =
      checkpoint === 'checkpoint-unreadable' ? 'cannot be read' : 'is not signed by the key of its time';
    this.#problems.add(checkpoint, `the checkpoint after ${at} leaves ${wrong}`, at);
  }

  #open(note: string): Checkpoint | 'checkpoint-unreadable' | 'checkpoint-signature' {
    try {
      const checkpoint = parseCheckpoint(parseNote(note).text);
      const verifier = this.#keys.signerOf(checkpoint.size);
      if (verifier) openNote(note, [verifier]);
      return checkpoint;
    } catch (error) {
      const unsigned = error instanceof NoteError && error.code !== 'note-malformed';
      return unsigned ? 'checkpoint-signature' : 'checkpoint-unreadable';
    }
  }

  #applyCheckpoint({ origin, size, root, time }: Checkpoint): void {
    this.#order.close(size);
    const at = this.#order.expected;
    if (size < at) {
      const message = `a checkpoint of ${size} leaves stands after ${at}`;
      this.#problems.add('checkpoint-position', message, size);
      return;
    }
    if (this.#header !== undefined && origin !== this.#header.origin) {
      this.#problems.add('checkpoint-origin', `the checkpoint of ${size} leaves is of another log`, size);
    }
    if (time !== undefined && time < this.#lastTime) {
      const message = `the checkpoint of ${size} leaves is older than the one before`;
      this.#problems.add('checkpoint-time', message, size);
    }
    this.#lastTime = Math.max(this.#lastTime, time ?? 0);
    this.#compareRoot(size, root);
  }

  #compareRoot(size: number, root: Uint8Array): void {
    // After a leaf that is unknown no root can be computed: what broke the tree was named already.
    if (this.#tree.broken) return;
    if (this.#tree.matches(root)) {
      this.#signedSize = size;
      this.#checkpoints++;
      return;
    }
    const first = Math.min(this.#signedSize, Math.max(size - 1, 0));
    const message = `the checkpoint of ${size} leaves does not hold: a leaf here was altered and its hash made to fit`;
    this.#problems.add('checkpoint-root', message, first, size - 1);
    this.#tree.break();
  }

  #checkEnd(size: number): void {
    if (this.#lines === 0) this.#problems.add('header-missing', 'the export is empty', 0);
    if (this.#cut) {
      this.#problems.add('truncated', 'the file ends in the middle of a line', size);
    } else if (!this.#endsWithCheckpoint) {
      const message = 'the export does not end with a checkpoint of all its leaves';
      this.#problems.add('truncated', message, size);
    }
    if (this.#header !== undefined && this.#header.size !== size) {
      const message = `the header says ${this.#header.size} leaves, the export has ${size}`;
      this.#problems.add('size-mismatch', message, Math.min(size, this.#header.size));
    }
  }
}
