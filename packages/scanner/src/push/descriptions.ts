import { hash } from 'node:crypto';
import { DescriptionIntake, placeOfCommit, placeOfTag } from '../files/description-intake.ts';
import { FindingTable } from '../files/finding-table.ts';
import type { GitOptions } from '../files/git.ts';
import type { IntakeOptions } from '../files/intake.ts';
import type { Place } from '../files/place.ts';
import type { BlobCache } from './blob-cache.ts';
import { lookOnce, readNewBlobs } from './known-blobs.ts';
import type { Pushed } from './pushed.ts';
import type { RefUpdate } from './ref-updates.ts';

/**
 * What is found in what describes files: commits and annotated tags, whole as they are sent (headers, messages, copies of
 * merged tags), and the names of files and refs. The people whom headers and trailers name are left out: they
 * are in every commit, and meant to be read.
 * @throws GitFailure; `intake` tells what could not be scanned
 */
export async function scanDescriptions(
  { commits, tags, blobs, paths }: Pushed,
  updates: readonly RefUpdate[],
  options: IntakeOptions,
  git: GitOptions,
  cache: BlobCache,
): Promise<{ findings: FindingTable; intake: DescriptionIntake }> {
  const intake = new DescriptionIntake(options);
  const objects = new Map<string, Place>();
  for (const id of commits) objects.set(id, placeOfCommit(id));
  for (const id of tags) objects.set(id, placeOfTag(id));
  await readNewBlobs(objects, git, { kind: 'description', intake, findings: intake.kept }, cache);
  const names = [...new Set([...updates.map(({ remoteRef }) => remoteRef), ...namesOf({ blobs, paths })])];
  // Each on a line of its own, so that the line tells which; no name is longer than the text of it.
  const text = names.map((name) => name.replace(/[\0\n]/g, ' ')).join('\n');
  const place = { path: 'names' };
  const named = new FindingTable();
  lookOnce(hash('sha256', text), place, { kind: 'description', intake, findings: named }, cache, () => {
    for (const one of intake.scan(place, text)) named.add(one);
  });
  for (const one of named) {
    if (one.finding.category !== 'secret') continue;
    const path = `the name of ${names[one.finding.line - 1]}`;
    intake.kept.add({ ...one, finding: { ...one.finding, line: 1 }, place: { path } });
  }
  return { findings: intake.kept, intake };
}

function* namesOf({ blobs, paths }: Pick<Pushed, 'blobs' | 'paths'>): Generator<string> {
  for (const { path } of blobs.values()) yield path;
  for (const all of paths.values()) yield* all;
}
