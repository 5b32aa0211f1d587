import { decodeBase64, encodeBase64 } from '../base64.ts';
import { parseCount } from '../checkpoint.ts';
import { openNote, type Signer, signNote, type Verifier } from '../note.ts';
import { HASH_BYTES } from '../sha256.ts';
import type { BundledFile } from './tar-writer.ts';

/** What the log's key signs of a bundle. */
export interface Manifest {
  /** Identity of the log. */
  origin: string;
  /** Leaves of the native export, and their root (32 bytes). */
  size: number;
  root: Uint8Array;
  /** When it was made, Unix time in milliseconds. */
  time: number;
  files: readonly BundledFile[];
}

/** Not the name of a log, and no number follows: nobody can take the note for a checkpoint. */
const TITLE = 'memhold audit bundle v1';
const FILE = /^file ([0-9a-f]{64}) (\d+) ([A-Za-z0-9][A-Za-z0-9._-]{0,99})$/;

/** A signed note (C2SP signed-note) that lists every other file of a bundle. */
export function signManifest(manifest: Manifest, signer: Signer): string {
  return signNote(textOf(manifest), signer);
}

function textOf({ origin, size, root, time, files }: Manifest): string {
  const lines = [TITLE, `origin ${origin}`, `size ${size}`, `root ${encodeBase64(root)}`, `time ${time}`];
  for (const file of files) lines.push(`file ${file.digest} ${file.size} ${file.name}`);
  return `${lines.join('\n')}\n`;
}

/** Checks the signature and reads the list. Throws NoteError; undefined where a note of this key is no manifest. */
export function openManifest(note: string, verifier: Verifier): Manifest | undefined {
  const { text } = openNote(note, [verifier]);
  const [, origin = '', ...lines] = text.split('\n');
  const values = ['size', 'root', 'time'].map((name, index) => after(`${name} `, lines[index]));
  const [size, time] = [parseCount(values[0]!), parseCount(values[2]!)];
  const root = decodeBase64(values[1]!, HASH_BYTES);
  if (size === undefined || time === undefined || root === undefined) return undefined;
  const files = lines.slice(3, -1).map((line) => {
    const [, digest = '', bytes = '', name = ''] = FILE.exec(line) ?? [];
    return { name, digest, size: Number(bytes) };
  });
  const manifest = { origin: after('origin ', origin), size, root, time, files };
  return textOf(manifest) === text ? manifest : undefined;
}

const after = (prefix: string, line = '') => (line.startsWith(prefix) ? line.slice(prefix.length) : '');
