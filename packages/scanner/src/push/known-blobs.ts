import { archiveKind } from '../files/archive-kind.ts';
import type { FindingTable } from '../files/finding-table.ts';
import type { GitOptions } from '../files/git.ts';
import { type BlobTaker, readBlobs } from '../files/git-blobs.ts';
import type { Intake } from '../files/intake.ts';
import type { Place, SkipReason } from '../files/place.ts';
import type { BlobCache, Outcome } from './blob-cache.ts';

/** An intake, and where it keeps what it finds. */
export interface Looker {
  /** One object may be looked at as either: a tree can name a commit as if it were a file. */
  readonly kind: 'file' | 'description';
  readonly intake: Intake;
  readonly findings: FindingTable;
  /** Whether what is found hangs on more than these bytes. */
  hangsOnMore?(bytes: Buffer): boolean;
}

/** Hands every blob to the intake, and for those that were looked at before what came of it. Throws GitFailure. */
export async function readNewBlobs(
  blobs: ReadonlyMap<string, Place>,
  git: GitOptions,
  looker: Looker,
  cache: BlobCache,
): Promise<void> {
  const fresh = new Map<string, Place>();
  const names = new Map<Place, string>();
  for (const [id, place] of blobs) {
    const outcome = cache.get(nameOf(id, looker));
    if (outcome !== undefined) repeat(outcome, place, looker);
    else {
      fresh.set(id, place);
      names.set(place, nameOf(id, looker));
    }
  }
  const { intake } = looker;
  const taker: BlobTaker = {
    sizeLimit: intake.sizeLimit,
    isExcluded: (path) => intake.isExcluded(path),
    skip: (place, reason) =>
      lookAnew(names.get(place), place, looker, cache, () => intake.skip(place, reason)),
    take(place, bytes) {
      // Members of an archive are named after it, and have places of their own.
      const isLasting = archiveKind(bytes) === undefined && looker.hangsOnMore?.(bytes) !== true;
      lookAnew(isLasting ? names.get(place) : undefined, place, looker, cache, () =>
        intake.take(place, bytes),
      );
    },
  };
  await readBlobs(fresh, git, taker, () => undefined);
}

/** Looks at one text, unless the same was looked at before. @param id the same for the same text only */
export function lookOnce(id: string, place: Place, looker: Looker, cache: BlobCache, look: () => void): void {
  const name = nameOf(id, looker);
  const outcome = cache.get(name);
  if (outcome !== undefined) repeat(outcome, place, looker);
  else lookAnew(name, place, looker, cache, look);
}

const nameOf = (id: string, { kind }: Looker) => `${kind} ${id}`;

/** What is not scanned for these reasons will not be the next time either. */
const lasting: ReadonlySet<SkipReason> = new Set(['binary', 'too-large']);

function lookAnew(
  name: string | undefined,
  place: Place,
  { intake, findings }: Looker,
  cache: BlobCache,
  look: () => void,
): void {
  const { files, scanned, bytes } = intake;
  const before = { found: findings.length, skips: intake.skips.length, latin1: intake.latin1.length };
  look();
  if (name === undefined) return;
  const found = Array.from({ length: findings.length - before.found }, (_, i) =>
    findings.get(before.found + i),
  );
  const skips = intake.skips.slice(before.skips);
  const isOfThis = found.every((one) => one.place === place) && skips.every((one) => one.place === place);
  if (!isOfThis || !skips.every(({ reason }) => lasting.has(reason))) return;
  cache.set(name, {
    files: intake.files - files,
    scanned: intake.scanned - scanned,
    bytes: intake.bytes - bytes,
    isLatin1: intake.latin1.length > before.latin1,
    skips: skips.map(({ reason }) => reason),
    findings: found.map(({ finding }) => finding),
  });
}

function repeat(outcome: Outcome, place: Place, { intake, findings }: Looker): void {
  intake.files += outcome.files;
  intake.scanned += outcome.scanned;
  intake.bytes += outcome.bytes;
  if (outcome.isLatin1) intake.latin1.push(place);
  for (const reason of outcome.skips) intake.note(place, reason);
  for (const finding of outcome.findings) findings.add({ finding, place });
}
