import type { FileHandle } from 'node:fs/promises';
import { DatabaseError } from '../../database/errors.ts';
import { signCheckpoint } from '../checkpoint.ts';
import { type ExportSource, exportLog } from '../export.ts';
import { exportEvents } from '../exports/events.ts';
import { type EventFormat, FILE_NAMES } from '../exports/formats.ts';
import type { Signer } from '../note.ts';
import { lastCheckpoint, selectTree } from '../store.ts';
import { openFrontier, treeMissing } from '../tree-state.ts';
import { verificationGuide } from './guide.ts';
import { signManifest } from './manifest.ts';
import { BUNDLE_FORMATS, CHECKPOINT, GUIDE, KEY, LOG, MANIFEST } from './names.ts';
import { TarWriter } from './tar-writer.ts';

export interface BundleWritten {
  /** Leaves of the log. */
  size: number;
  /** Verifier key text. */
  key: string;
  files: string[];
  /** Events that break the schema of a format; each says so in itself. */
  invalid: number;
}

/**
 * Writes the log, the same events in other formats, and a signed list of it all, into one archive that is verified
 * offline. Everything in it is of one state of the log.
 * @throws DatabaseError `audit_log_tampered`: then there is nothing that could be signed.
 */
export async function writeBundle(
  log: ExportSource & { signer: Signer },
  formats: readonly EventFormat[],
  file: FileHandle,
  progress: (bytes: number) => void = () => undefined,
): Promise<BundleWritten> {
  return log.reader.snapshot(async (reader) => {
    const { signer, treeKey, keyById } = log;
    const time = log.now();
    const tar = new TarWriter(file, Math.floor(time / 1000));
    const timer = setInterval(() => progress(tar.written), 1000);
    try {
      const { size, key } = await tar.add(LOG, (out) => exportLog(log, out));
      const root = await rootOf(log, size);
      let invalid = 0;
      const source = { reader, recordsKey: treeKey, keyById };
      for (const format of BUNDLE_FORMATS) {
        if (!formats.includes(format)) continue;
        const wanted = { format, size };
        const written = await tar.add(FILE_NAMES[format], (out) => exportEvents(source, wanted, out));
        invalid += written.invalid;
      }
      const names = tar.files.map(({ name }) => name);
      await tar.addText(CHECKPOINT, signCheckpoint({ origin: signer.name, size, root, time }, signer));
      await tar.addText(KEY, `${key}\n`);
      await tar.addText(GUIDE, verificationGuide({ origin: signer.name, size, time, names }));
      const { files } = tar;
      await tar.addText(
        MANIFEST,
        signManifest({ origin: signer.name, size, root, time, files: [...files] }, signer),
      );
      await tar.end();
      return { size, key, files: files.map(({ name }) => name), invalid };
    } finally {
      clearInterval(timer);
    }
  });
}

/** The root that the writer keeps, and no other: what is read from the rows could be anybody's. */
async function rootOf({ reader, treeKey, signer }: ExportSource, size: number): Promise<Buffer> {
  const [tree] = await reader.all(selectTree, {});
  const [newest] = await reader.all(lastCheckpoint, {});
  if (!tree) throw treeMissing();
  const frontier = openFrontier(treeKey, tree.frontier, newest, signer);
  if (frontier.size === size) return Buffer.from(frontier.root());
  const message = `The audit log has ${size} events, and should have ${frontier.size}: export and verify it, then restore the data folder.`;
  throw new DatabaseError('audit_log_tampered', message);
}
