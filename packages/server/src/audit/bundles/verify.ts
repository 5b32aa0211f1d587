import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { encodeBase64 } from '../base64.ts';
import { openCheckpoint } from '../checkpoint.ts';
import { type ExportHeader, parseHeaderLine } from '../export-format.ts';
import { parseVerifierKey, type Verifier } from '../note.ts';
import { equalBytes } from '../sha256.ts';
import { type VerifyOptions, verifyExport } from '../verify.ts';
import type { Problem, VerifyReport } from '../verify-report.ts';
import { type Manifest, openManifest } from './manifest.ts';
import { CHECKPOINT, isBundle, isBundledName, KEY, LOG, MANIFEST } from './names.ts';
import { isTar } from './tar.ts';
import { TarError, TarReader } from './tar-reader.ts';
import type { BundledFile } from './tar-writer.ts';

/** What can be wrong with a bundle, beside what can be wrong with the log in it. Stable names. */
export type BundleProblemCode =
  | 'file-compressed'
  | 'bundle-malformed'
  | 'bundle-files'
  | 'bundle-manifest'
  | 'bundle-file-altered'
  | 'bundle-log-differs';

export type BundleReport = Omit<VerifyReport, 'problems'> & {
  readonly problems: readonly (Problem | { readonly code: BundleProblemCode; readonly message: string })[];
};

interface Read {
  files: BundledFile[];
  times: Set<number>;
  /** Of the small files. */
  texts: Map<string, string>;
  log: VerifyReport | undefined;
  header: ExportHeader | undefined;
}

/** Small files are a few lines; a longer one is not ours. */
const MOST_TEXT = 64 * 1024;
/** The header of the log grows with each key that ever signed it. */
const MOST_HEADER = 16 * 1024 * 1024;
const START_BYTES = 512;
/** RFC 1952. */
const GZIP = Buffer.of(0x1f, 0x8b);

/**
 * Verifies an export, or a bundle of exports, offline and in constant memory. Whatever the bytes are, the answer is a
 * report. Throws VerifyKeyError where `options.key` cannot be read, and the errors of the file system.
 */
export async function verifyFile(path: string, options: VerifyOptions = {}): Promise<BundleReport> {
  const file = await open(path);
  try {
    const start = Buffer.alloc(START_BYTES);
    const { bytesRead } = await file.read(start, 0, START_BYTES, 0);
    if (isTar(start.subarray(0, bytesRead))) return await verifyBundle(file, options);
    if (bytesRead >= GZIP.length && start.indexOf(GZIP) === 0) return await compressed(options);
  } finally {
    await file.close();
  }
  return verifyExport(path, options);
}

async function compressed(options: VerifyOptions): Promise<BundleReport> {
  const message = 'the file is compressed: decompress it first (gunzip), and verify what comes out';
  const nothing = await verifyExport([], options);
  return { ...nothing, problems: [{ code: 'file-compressed', message }], problemCount: 1, proven: [] };
}

async function verifyBundle(file: FileHandle, options: VerifyOptions): Promise<BundleReport> {
  const read: Read = { files: [], times: new Set(), texts: new Map(), log: undefined, header: undefined };
  const problems: { code: BundleProblemCode; message: string }[] = [];
  try {
    await readFiles(new TarReader(file), options, read);
    const names = read.files.map(({ name }) => name);
    if (!isBundle(names))
      problems.push({ code: 'bundle-files', message: 'its files are not those of a bundle' });
  } catch (error) {
    if (!(error instanceof TarError)) throw error;
    problems.push({ code: error.code, message: error.message });
  }
  const manifest = problems.length === 0 ? checkManifest(read, problems) : undefined;
  const log = read.log ?? (await verifyExport([], options));
  const all = [...problems, ...log.problems];
  const files =
    manifest &&
    `Its ${manifest.files.length} files are those that were bundled and signed with ${whoseKey(log, read.header, options)}.`;
  const holds = all.length === 0;
  return {
    ...log,
    ok: holds,
    problems: all,
    problemCount: problems.length + log.problemCount,
    proven: holds && files ? [files, ...log.proven] : log.proven,
    notProven: holds ? log.notProven : ['What the other files of the bundle say.', ...log.notProven],
  };
}

/** The newest key signs a bundle, which need not be the one that somebody brings along. */
function whoseKey({ key }: VerifyReport, header: ExportHeader | undefined, options: VerifyOptions): string {
  if (options.key === undefined) return 'the key inside the bundle';
  return key === header?.key
    ? 'the key that you gave'
    : 'the newest key inside, that the one you gave leads to';
}

async function readFiles(tar: TarReader, options: VerifyOptions, read: Read): Promise<void> {
  for await (const { entry, contents } of tar.files()) {
    const { name, size, time } = entry;
    const seen = read.files.some((one) => one.name === name);
    if (seen || !isBundledName(name)) throw new TarError(`${name} does not belong there`);
    if (isText(name) && size > MOST_TEXT) throw new TarError(`${name} is too long`);
    const hash = createHash('sha256');
    const kept: Buffer[] = [];
    let left = name === LOG ? MOST_HEADER : isText(name) ? MOST_TEXT : 0;
    const seenBy = async function* () {
      for await (const chunk of contents) {
        hash.update(chunk);
        if (left > 0) kept.push(chunk);
        left -= name === LOG && chunk.includes(0x0a) ? left : chunk.length;
        yield chunk;
      }
    };
    if (name === LOG) read.log = await verifyExport(seenBy(), options);
    else for await (const _ of seenBy());
    const text = Buffer.concat(kept).toString();
    if (name === LOG) read.header = parseHeaderLine(text.slice(0, text.indexOf('\n')));
    else if (isText(name)) read.texts.set(name, text);
    read.files.push({ name, size, digest: hash.digest('hex') });
    read.times.add(time);
  }
}

/** The key in the header of the log signs the manifest: whether that key is to be trusted, the log's report says. */
function checkManifest(
  read: Read,
  problems: { code: BundleProblemCode; message: string }[],
): Manifest | undefined {
  const { header, texts, log } = read;
  const add = (code: BundleProblemCode, message: string) => void problems.push({ code, message });
  const key = header && attempt(() => parseVerifierKey(header.key));
  const manifest = key && attempt(() => openManifest(texts.get(MANIFEST)!, key));
  if (!header || !manifest) {
    add('bundle-manifest', `${MANIFEST} is not signed by the key of the log`);
    return undefined;
  }
  const listed = new Map(manifest.files.map((file) => [file.name, file]));
  const present = read.files.filter(({ name }) => name !== MANIFEST);
  if (listed.size !== manifest.files.length || listed.size !== present.length)
    add('bundle-files', `${MANIFEST} lists other files than there are`);
  for (const { name, size, digest } of present) {
    const file = listed.get(name);
    if (file?.size !== size || file.digest !== digest)
      add('bundle-file-altered', `${name} is not the file that was signed`);
  }
  const seconds = Math.floor(manifest.time / 1000);
  if ([...read.times].some((time) => time !== seconds))
    add('bundle-malformed', 'a file has another time than the bundle');
  const same = log?.size === manifest.size && log.root === encodeBase64(manifest.root);
  if (!same || header.origin !== manifest.origin || !holdsTogether(read, manifest, key))
    add('bundle-log-differs', `${LOG}, ${CHECKPOINT}, ${KEY} and ${MANIFEST} are not of one log`);
  return manifest;
}

function holdsTogether({ header, texts }: Read, manifest: Manifest, key: Verifier): boolean {
  const checkpoint = attempt(() => openCheckpoint(texts.get(CHECKPOINT)!, [key]));
  return (
    texts.get(KEY) === `${header!.key}\n` &&
    checkpoint?.origin === manifest.origin &&
    checkpoint.size === manifest.size &&
    equalBytes(checkpoint.root, manifest.root)
  );
}

const isText = (name: string) => /\.(?:txt|md)$/.test(name);

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
