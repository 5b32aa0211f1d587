import { hash } from 'node:crypto';
import { FindingTable } from '../files/finding-table.ts';
import type { GitOptions } from '../files/git.ts';
import { Intake, type IntakeOptions } from '../files/intake.ts';
import type { Place } from '../files/place.ts';
import type { LocatedFinding } from '../files/suppressions.ts';
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
): Promise<{ findings: FindingTable; intake: Intake }> {
  const intake = new DescriptionIntake(options);
  const objects = new Map<string, Place>();
  for (const id of commits) objects.set(id, { path: `commit ${id.slice(0, 12)}`, commit: id });
  for (const id of tags) objects.set(id, { path: `tag ${id.slice(0, 12)}` });
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

/** Takes in commits and tags as texts, and keeps what it finds beside the people whom they name. */
class DescriptionIntake extends Intake {
  readonly kept = new FindingTable();

  override take(place: Place, bytes: Buffer): void {
    const text = bytes.toString('utf8');
    const lines = text.split('\n');
    const isPerson = ({ finding }: LocatedFinding) =>
      finding.category === 'pii' && person.test(lines[finding.line - 1] ?? '');
    for (const one of this.scan(place, text)) if (!isPerson(one)) this.kept.add(one);
  }

  /** What is found in one text. Never binary: a NUL in a message must not hide it. */
  scan(place: Place, text: string): LocatedFinding[] {
    const before = this.findings.length;
    super.take(place, Buffer.from(text.replaceAll('\0', ' ')));
    return Array.from({ length: this.findings.length - before }, (_, i) => this.findings.get(before + i));
  }
}

const person = /^(?:author|committer|tagger) |^[A-Za-z][A-Za-z-]*-by: /;

function* namesOf({ blobs, paths }: Pick<Pushed, 'blobs' | 'paths'>): Generator<string> {
  for (const { path } of blobs.values()) yield path;
  for (const all of paths.values()) yield* all;
}
