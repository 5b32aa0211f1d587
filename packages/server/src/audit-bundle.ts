import { open } from 'node:fs/promises';
import { type BundleWritten, writeBundle } from './audit/bundles/write.ts';
import type { EventFormat } from './audit/exports/formats.ts';
import { withLog } from './audit-export.ts';
import type { Config } from './config.ts';

export interface BundleOptions {
  /** What to put beside the log itself. */
  formats?: readonly EventFormat[];
  /** Told each second how many bytes there are. */
  progress?: (bytes: number) => void;
}

/**
 * Writes the audit log of a data folder, with a signed list of all that is in it, to one archive (0600). Reads only,
 * so it works beside a running server.
 * @throws as `withLog` and `writeBundle` do.
 */
export function bundleAudit(
  config: Config,
  path: string,
  { formats = [], progress }: BundleOptions = {},
): Promise<BundleWritten> {
  return withLog(config, async (log) => {
    const file = await open(path, 'w', 0o600);
    try {
      // It may have been there with other rights, and it holds opened private parts.
      await file.chmod(0o600);
      return await writeBundle(log, formats, file, progress);
    } finally {
      await file.close();
    }
  });
}
