import type { GitOptions } from '../files/git.ts';
import { readBlobs } from '../files/git-blobs.ts';
import { Intake, type IntakeOptions } from '../files/intake.ts';
import type { Place } from '../files/place.ts';
import type { LocatedFinding, Suppression } from '../files/suppressions.ts';
import { decidingSeverity } from './decision.ts';
import { objectTypes } from './git-lines.ts';
import type { PushPolicy } from './policy.ts';
import { keyOf, type Pushed } from './pushed.ts';

/**
 * The findings with what the default branch says of them: its baseline, its allow-list, what it leaves out, and comments
 * that stand in its own version of the file. A critical one needs its fingerprint approved there, not only its path or its
 * rule. What lies at several paths is approved where it is at all of them.
 */
export async function approvedBy(
  policy: PushPolicy,
  findings: readonly LocatedFinding[],
  { paths }: Pushed,
  intake: IntakeOptions,
  options: GitOptions,
): Promise<LocatedFinding[]> {
  const everywhere = (place: Place) => pathsOf(place, paths);
  const comments = await commentsOf(policy, findings, everywhere, intake, options);
  return findings.map((one) => {
    const found = everywhere(one.place).map(
      (path) => listed(policy, one, path) ?? comments.get(at(path, one)),
    );
    const [first] = found;
    return first === undefined || found.includes(undefined) ? one : { ...one, suppression: first };
  });
}

/**
 * Every path at which a place's contents are. Of a member of an archive, the same member of the archive at its other paths. A
 * name tells neither where an archive ends nor whether it is one (`a!/b` can be a file): all that it could mean counts.
 */
export function pathsOf(place: Place, paths: Pushed['paths']): readonly string[] {
  const { path } = place;
  const all = new Set(paths.get(keyOf(place)));
  for (let end = path.indexOf('!/'); end !== -1; end = path.indexOf('!/', end + 1)) {
    const outer = paths.get(keyOf({ ...place, path: path.slice(0, end) })) ?? [];
    for (const one of outer) all.add(one + path.slice(end));
  }
  return all.size === 0 ? [path] : [...all];
}

function listed(
  { baseline, configuration }: PushPolicy,
  one: LocatedFinding,
  path: string,
): Suppression | undefined {
  const { finding } = one;
  if (baseline.has(finding.fingerprint)) return { by: 'baseline', reason: 'known' };
  const found = configuration.suppressionOf(finding, path);
  if (decidingSeverity(one) !== 'critical') {
    if (found !== undefined) return found;
    return configuration.isExcluded(path) ? { by: 'allow-list', reason: 'left out' } : undefined;
  }
  if (found === undefined) return undefined;
  // What would hold for any other value as well does not approve this one.
  const forAny = configuration.suppressionOf({ ...finding, fingerprint: '' }, path);
  return forAny === undefined ? found : undefined;
}

const at = (path: string, { finding }: LocatedFinding) => JSON.stringify([path, finding.fingerprint]);

/** What comments of the default branch's own files approve, by path and fingerprint. */
async function commentsOf(
  { commit, today }: PushPolicy,
  findings: readonly LocatedFinding[],
  everywhere: (place: Place) => readonly string[],
  options: IntakeOptions,
  git: GitOptions,
): Promise<Map<string, Suppression>> {
  const approved = new Map<string, Suppression>();
  // Low ones decide nothing, and are in many files.
  const weighty = findings.filter(({ finding }) => finding.severity !== 'low');
  const paths = [...new Set(weighty.flatMap(({ place }) => everywhere(place)))].filter(
    (path) => !path.includes('\n') && !path.includes('!/'),
  );
  if (commit === undefined || paths.length === 0) return approved;
  const found = await objectTypes(
    paths.map((path) => `${commit}:${path}`),
    git,
  );
  // One reading for all of them; the same content may lie at several paths.
  const blobs = new Map<string, Place>();
  const pathsAt = new Map<string, string[]>();
  for (const [i, { id, type }] of found.entries()) {
    const path = paths[i]!;
    if (type !== 'blob') continue;
    const first = blobs.get(id)?.path ?? path;
    blobs.set(id, { path: first });
    pathsAt.set(first, [...(pathsAt.get(first) ?? []), path]);
  }
  const intake = new Intake({ ...options, suppressionsAsOf: today });
  await readBlobs(blobs, git, intake, () => undefined);
  for (const one of intake.findings) {
    if (one.suppression === undefined) continue;
    for (const path of pathsAt.get(one.place.path) ?? []) approved.set(at(path, one), one.suppression);
  }
  return approved;
}
