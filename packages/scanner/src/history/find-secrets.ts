import { resolve } from 'node:path';
import { gather } from '../command/gather.ts';
import { progressBar } from '../command/progress.ts';
import type { ScanOrder, ScanSetup } from '../command/scan-setup.ts';
import type { Surroundings } from '../command/surroundings.ts';
import { readBlobs } from '../files/git-blobs.ts';
import { Intake } from '../files/intake.ts';
import type { Place, Skip } from '../files/place.ts';
import { isIncomplete } from '../files/place.ts';
import { readRegularFile } from '../files/read-file.ts';
import type { LocatedFinding } from '../files/suppressions.ts';
import { keyOf } from '../fingerprint.ts';
import { findingId, severityOrder } from '../reports/report.ts';
import type { Repository } from './repository.ts';
import { type HistoryRequest, isNamed } from './request.ts';
import type { Secrets } from './secrets.ts';

/** What the scanner said of one content of the history. */
export interface Seen {
  /** Id of the content. */
  readonly blob: string;
  readonly key: string;
  readonly line: number;
}

/** How secrets are looked for. */
export interface Looking {
  readonly request: HistoryRequest;
  readonly order: ScanOrder;
  readonly setup: ScanSetup;
  readonly surroundings: Surroundings;
  readonly secrets: Secrets;
}

/** Takes up the secrets of the work tree. @returns what could not be read */
export async function findInTree(top: string, looking: Looking): Promise<Skip[]> {
  const { order, setup, surroundings, secrets } = looking;
  const first = new Intake(setup.intake);
  await gather(order, setup, { ...surroundings, folder: top }, first);
  const wanted = new Set(
    [...first.findings].filter((one) => isWanted(one, looking)).map(({ place }) => place.path),
  );
  // Threads send no values: the few files with findings are read once more, here.
  const scanner = secrets.watching(setup.intake.scanner);
  const second = new Intake({ ...setup.intake, scanner });
  for (const file of new Set([...wanted].map((path) => path.split('!/')[0]!))) {
    const result = readRegularFile(resolve(top, file), second.sizeLimit);
    if ('skip' in result) second.note({ path: file }, 'unreadable');
    else second.take({ path: file }, result.bytes);
  }
  for (const one of second.findings) if (isWanted(one, looking)) secrets.take(one, true);
  return [...first.skips, ...second.skips].filter(({ reason }) => isIncomplete(reason));
}

/**
 * Scans the whole history.
 * @param takesUp whether the secrets that it finds are wanted; else only where they are
 * @returns where secrets are, and what could not be read
 */
export async function findInHistory(
  repository: Repository,
  looking: Looking,
  takesUp: boolean,
): Promise<{ seen: Seen[]; skips: Skip[]; contents: number }> {
  const { setup, surroundings, secrets } = looking;
  const { git, log, refs } = repository;
  const options = { ...setup.intake, scanner: secrets.watching(setup.intake.scanner) };
  const contents = contentsOf(repository);
  const idOf = new Map<Place, string>([...contents].map(([id, place]) => [place, id]));
  const intake = new Intake(options);
  const bar = progressBar(surroundings, 'contents scanned');
  const seen: Seen[] = [];
  const taker = {
    ...takerOf(intake),
    take: (place: Place, bytes: Buffer) => {
      const before = intake.findings.length;
      intake.take(place, bytes);
      const blob = idOf.get(place)!;
      for (let i = before; i < intake.findings.length; i++) {
        const { category, fingerprint, line } = intake.findings.get(i).finding;
        if (category === 'secret' || isNamed(looking.request))
          seen.push({ blob, key: keyOf(fingerprint), line });
      }
    },
  };
  await readBlobs(contents, git, taker, (done) => bar.show(done, contents.size));
  const described = new Intake(options);
  const texts = {
    ...takerOf(described),
    // Never binary: a NUL in a message must not hide what stands there.
    take: (place: Place, bytes: Buffer) => described.take(place, withoutNuls(bytes)),
  };
  await readBlobs(descriptionsOf(repository), git, texts, () => undefined);
  const names = [...log.paths.list, ...refs.map(({ name }) => name)].map((name) =>
    name.replace(/[\0\n]/g, ' '),
  );
  described.take({ path: 'names' }, Buffer.from(names.join('\n')));
  bar.clear();
  for (const one of [...intake.findings, ...described.findings])
    if (takesUp && isWanted(one, looking)) secrets.take(one, false);
  const skips = [...intake.skips, ...described.skips].filter(({ reason }) => isIncomplete(reason));
  return { seen, skips, contents: contents.size };
}

const takerOf = (intake: Intake) => ({
  sizeLimit: intake.sizeLimit,
  isExcluded: (path: string) => intake.isExcluded(path),
  skip: intake.skip.bind(intake),
});

const withoutNuls = (bytes: Buffer) =>
  bytes.includes(0) ? Buffer.from(bytes.toString('utf8').replaceAll('\0', ' ')) : bytes;

/** Commits and annotated tags, whose own texts may hold secrets. */
export function descriptionsOf({ graph, tags }: Repository): Map<string, Place> {
  const objects = new Map<string, Place>(graph.ids.map((id) => [id, { path: `commit ${id}`, commit: id }]));
  for (const id of tags.keys()) objects.set(id, { path: `tag ${id}` });
  return objects;
}

/** Every content of the history by its id, at the first place that has it. */
export function contentsOf({ log, graph, loose }: Repository): Map<string, Place> {
  const contents = new Map<string, Place>();
  for (const entry of log.firstEntry.values()) {
    const place = { path: log.paths.list[log.path[entry]!]!, commit: graph.ids[log.commit[entry]!]! };
    contents.set(log.blobs.list[log.after[entry]!]!, place);
  }
  for (const [id, { path }] of loose) contents.set(id, { path });
  return contents;
}

function isWanted(located: LocatedFinding, { request, setup }: Looking): boolean {
  const { finding, place, suppression } = located;
  if (finding.category === 'suppression') return false;
  if (isNamed(request))
    return request.keys.includes(keyOf(finding.fingerprint)) || request.ids.includes(findingId(located));
  return (
    finding.category === 'secret' &&
    severityOrder.indexOf(finding.severity) <= severityOrder.indexOf(request.severity) &&
    suppression === undefined &&
    setup.configuration.suppressionOf(finding, place.path) === undefined
  );
}
