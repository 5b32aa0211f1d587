import type { LocatedFinding } from '../files/suppressions.ts';
import { mergeGroup, toolOf } from './merge-group.ts';

/** The weaknesses of a rule, as its mappings have them. */
export type WeaknessesOf = (ruleId: string) => readonly string[];

/**
 * Makes one finding of those that tell of the same: the same span with a secret, the same weakness on a line, the same
 * advisory for a package. What comes out depends on what goes in and not on its order; merging it again changes nothing.
 * Findings of our own rules are never joined with one another, and never two secrets or two CVEs: where it is not clear
 * which of several is meant, all of them stay.
 */
export function mergeFindings(
  findings: Iterable<LocatedFinding>,
  weaknessesOf: WeaknessesOf,
): LocatedFinding[] {
  const rooms = new Map<string, Room>();
  for (const located of findings) {
    const kind = kindOf(located);
    const key = roomOf(located, kind);
    const room = rooms.get(key);
    if (room === undefined) rooms.set(key, { kind, members: [located] });
    else room.members.push(located);
  }
  const merged: LocatedFinding[] = [];
  for (const room of rooms.values()) for (const one of mergeRoom(room, weaknessesOf)) merged.push(one);
  return merged;
}

/** Findings of different rooms have nothing to do with one another. */
interface Room {
  readonly kind: Kind;
  readonly members: LocatedFinding[];
}

type Kind = 'secret' | 'dependency' | 'code' | 'own';

function kindOf({ finding: { category, ruleId } }: LocatedFinding): Kind {
  if (category === 'dependency' || category === 'secret') return category;
  return category === 'pii' || category === 'suppression' || toolOf(ruleId) === undefined ? 'own' : 'code';
}

function roomOf({ finding, place }: LocatedFinding, kind: Kind): string {
  if (kind === 'dependency') {
    const folder = place.path.split('/').slice(0, -1).join('/');
    // A tool that names no package tells of one of its own.
    const name = finding.dependency?.name || finding.ruleId;
    return JSON.stringify([kind, folder, packageName(name)]);
  }
  const line = kind === 'code' ? (finding.scope === 'file' ? 0 : finding.line) : -1;
  return JSON.stringify([kind, place.path, place.commit ?? '', line]);
}

/** Python package names are the same in any case, with any of `-_.` between their words (PEP 503). */
const packageName = (name: string) => name.toLowerCase().replace(/[-_.]+/g, '-');

function mergeRoom({ kind, members }: Room, weaknessesOf: WeaknessesOf): readonly LocatedFinding[] {
  const isOwn = members.every(({ finding }) => toolOf(finding.ruleId) === undefined);
  if (isOwn || kind === 'own') return members;
  if (kind === 'secret') return mergeSecrets(members);
  if (kind === 'dependency') return mergeDependencies(members);
  return mergeLabelled(members, (one) => labelsOf(one, weaknessesOf));
}

/** Rules of two tools that say the same about a Dockerfile, which has no weakness of its own in the CWE. */
const counterparts: Readonly<Record<string, string>> = {
  'hadolint/DL3002': 'root user',
  'trivy/DS-0002': 'root user',
  'trivy/DS002': 'root user',
  'hadolint/DL3007': 'latest tag',
  'trivy/DS-0001': 'latest tag',
  'trivy/DS001': 'latest tag',
  'hadolint/DL3020': 'add for copy',
  'trivy/DS-0005': 'add for copy',
  'trivy/DS005': 'add for copy',
};

function labelsOf({ finding }: LocatedFinding, weaknessesOf: WeaknessesOf): string[] {
  const rules = [finding.ruleId, ...(finding.sameAs ?? [])];
  const known = rules.flatMap((rule) => (Object.hasOwn(counterparts, rule) ? [counterparts[rule]!] : []));
  return [...new Set([...rules, ...known, ...rules.flatMap(weaknessesOf)])].sort();
}

/**
 * One group of what is connected by shared labels where one label is common to all of it; else only what has the very
 * same labels belongs together.
 */
function mergeLabelled(
  room: readonly LocatedFinding[],
  labels: (one: LocatedFinding) => readonly string[],
): LocatedFinding[] {
  const labelled = new Map(room.map((one) => [one, labels(one)]));
  const labelsOf = (one: LocatedFinding) => labelled.get(one)!;
  return connected(room, labelsOf).flatMap((group) => {
    const same = [...grouped(group, (one) => labelsOf(one).join('\0')).values()];
    const [first, ...others] = same.map(([one]) => new Set(labelsOf(one!)));
    const isCommon = [...first!].some((label) => others.every((other) => other.has(label)));
    return isCommon ? [mergeGroup(group)] : same.map(mergeGroup);
  });
}

/** By their CVEs; what has none joins the only one that shares another id with it. */
function mergeDependencies(room: readonly LocatedFinding[]): LocatedFinding[] {
  const idsOf = ({ finding }: LocatedFinding) =>
    (finding.dependency?.advisories ?? [finding.ruleId]).map((id) => id.toUpperCase());
  const cvesOf = (one: LocatedFinding) =>
    idsOf(one)
      .filter((id) => id.startsWith('CVE-'))
      .sort();
  const groups = grouped(
    room.filter((one) => cvesOf(one).length > 0),
    (one) => cvesOf(one).join(),
  );
  const named = [...groups.values()];
  const namedBy = new Map<string, Set<LocatedFinding[]>>();
  for (const group of named)
    for (const id of group.flatMap(idsOf)) namedBy.set(id, (namedBy.get(id) ?? new Set()).add(group));
  const nameless = connected(
    room.filter((one) => cvesOf(one).length === 0),
    idsOf,
  );
  const alone: LocatedFinding[][] = [];
  const joining: [LocatedFinding[], LocatedFinding[]][] = [];
  for (const group of nameless) {
    const sharing = new Set(group.flatMap(idsOf).flatMap((id) => [...(namedBy.get(id) ?? [])]));
    const [only] = sharing;
    if (only !== undefined && sharing.size === 1) joining.push([only, group]);
    else alone.push(group);
  }
  for (const [to, group] of joining) for (const one of group) to.push(one);
  return [...named, ...alone].map(mergeGroup);
}

function mergeSecrets(room: readonly LocatedFinding[]): LocatedFinding[] {
  const spanned = room.filter(({ finding }) => finding.scope === undefined);
  const groups = overlapping(spanned).flatMap((group) => {
    const start = group.reduce((most, { finding }) => Math.max(most, finding.start), 0);
    const end = group.reduce((least, { finding }) => Math.min(least, finding.end), Number.POSITIVE_INFINITY);
    const own = group.filter(({ finding }) => isOurs(finding));
    if (start < end && own.length < 2) return [group];
    return [...grouped(group, ({ finding }) => `${finding.start}-${finding.end}`).values()].flatMap((same) =>
      same.every(({ finding }) => toolOf(finding.ruleId) === undefined) ? same.map((one) => [one]) : [same],
    );
  });
  const merged = groups.map(mergeGroup);
  const byLine = grouped(merged, ({ finding }) => finding.line);
  const rest: LocatedFinding[] = [];
  const joining = new Map<LocatedFinding, LocatedFinding[]>();
  for (const located of room) {
    const { scope, line } = located.finding;
    if (scope === undefined) continue;
    // A tool that tells only the line means the secret of that line where there is one, and only one.
    const [only, another] = scope === 'line' ? (byLine.get(line) ?? []) : [];
    if (only === undefined || another !== undefined) rest.push(located);
    else if (!joining.get(only)?.push(located)) joining.set(only, [located]);
  }
  const keyOf = ({ finding }: LocatedFinding) => `${finding.fingerprint}\0${finding.line}\0${finding.scope}`;
  return [
    ...merged.map((one) => mergeGroup([one, ...(joining.get(one) ?? [])])),
    ...[...grouped(rest, keyOf).values()].map(mergeGroup),
  ];
}

function isOurs({ ruleId, sameAs = [] }: LocatedFinding['finding']): boolean {
  return [ruleId, ...sameAs].some((id) => toolOf(id) === undefined);
}

/** Runs of findings whose spans touch one after another. */
function overlapping(findings: readonly LocatedFinding[]): LocatedFinding[][] {
  const sorted = [...findings].sort(
    (a, b) => a.finding.start - b.finding.start || a.finding.end - b.finding.end,
  );
  const groups: LocatedFinding[][] = [];
  let end = -1;
  for (const located of sorted) {
    if (groups.length > 0 && located.finding.start < end) groups.at(-1)!.push(located);
    else groups.push([located]);
    end = Math.max(end, located.finding.end);
  }
  return groups;
}

/** Findings that share a label, and those that share one with them. */
function connected(
  findings: readonly LocatedFinding[],
  labels: (one: LocatedFinding) => readonly string[],
): LocatedFinding[][] {
  const groups = new Set<Connected>();
  const groupOf = new Map<string, Connected>();
  for (const located of findings) {
    const own = labels(located);
    const found = [...new Set(own.flatMap((label) => groupOf.get(label) ?? []))];
    // The others move into the largest: each finding moves a few times, however many there are.
    found.sort((a, b) => b.members.length - a.members.length);
    const [group = { labels: [], members: [] }, ...others] = found;
    groups.add(group);
    for (const other of others) {
      for (const one of other.members) group.members.push(one);
      for (const label of other.labels) add(label, group);
      groups.delete(other);
    }
    group.members.push(located);
    for (const label of own) if (groupOf.get(label) !== group) add(label, group);
  }
  return [...groups].map(({ members }) => members);

  function add(label: string, group: Connected) {
    group.labels.push(label);
    groupOf.set(label, group);
  }
}

interface Connected {
  readonly labels: string[];
  readonly members: LocatedFinding[];
}

function grouped<T, K>(items: Iterable<T>, keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
