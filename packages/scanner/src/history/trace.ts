import { ABSENT } from './change-log.ts';
import type { Ref } from './commit-graph.ts';
import type { Repository } from './repository.ts';

/** Where one secret was found. */
export interface Hits {
  /** Lines by the id of the content. */
  readonly contents: ReadonlyMap<string, number>;
  /** Ids of commits and annotated tags whose own text holds it. */
  readonly descriptions: ReadonlyMap<string, number>;
  /** Names of files and of refs that hold it. */
  readonly names: ReadonlySet<string>;
}

/** A commit, and the first place in it that has the secret. */
export interface Sighting {
  readonly commit: string;
  /** Undefined: its message. */
  readonly path: string | undefined;
  readonly line: number;
}

export interface HoldingRef {
  readonly ref: Ref;
  /** Whether its newest state has the secret; else only older commits that it leads to. */
  readonly isInTip: boolean;
}

/** The life of one secret in a repository. */
export interface Trace {
  /** Commits before which no parent had it; and whose message has it. */
  readonly appears: readonly Sighting[];
  /** Commits that no longer have it, though a parent does. */
  readonly disappears: readonly string[];
  /** Commits by which a file gets it, parents first; also where another file of theirs had it before. */
  readonly written: readonly Sighting[];
  readonly paths: readonly string[];
  readonly blobs: readonly string[];
  readonly refs: readonly HoldingRef[];
  /** Whether something holds it that no ref leads to. */
  readonly isLoose: boolean;
  /** Annotated tags whose message holds it, and refs whose name does. */
  readonly tags: readonly string[];
  /** Whether the name of a file or a ref holds it. */
  readonly isInName: boolean;
}

/** Follows every secret through all commits. @returns in the order of the hits */
export function traceAll(repository: Repository, all: readonly Hits[]): Trace[] {
  const { log } = repository;
  const byBlob = new Map<number, number[]>();
  const byPath = new Map<number, number[]>();
  const index = (
    lists: Map<number, number[]>,
    texts: readonly string[],
    has: (hits: Hits, text: string) => boolean,
  ) => {
    texts.forEach((text, number) => {
      const of = all.flatMap((hits, i) => (has(hits, text) ? [i] : []));
      if (of.length > 0) lists.set(number, of);
    });
  };
  const anyContent = new Set(all.flatMap(({ contents }) => [...contents.keys()]));
  const anyName = new Set(all.flatMap(({ names }) => [...names]));
  index(byBlob, log.blobs.list, ({ contents }, id) => anyContent.has(id) && contents.has(id));
  index(byPath, log.paths.list, ({ names }, path) => anyName.has(path) && names.has(path));
  const entriesOf: number[][] = all.map(() => []);
  for (let entry = 0; entry < log.commit.length; entry++) {
    const lists = [
      byBlob.get(log.before[entry]!),
      byBlob.get(log.after[entry]!),
      byPath.get(log.path[entry]!),
    ];
    if (lists.every((list) => list === undefined)) continue;
    for (const secret of new Set(lists.flatMap((list) => list ?? []))) entriesOf[secret]!.push(entry);
  }
  return all.map((hits, i) => trace(repository, hits, entriesOf[i]!));
}

function trace(repository: Repository, hits: Hits, entries: readonly number[]): Trace {
  const { graph, log, refs, loose, tags } = repository;
  const { ids, parents } = graph;
  const blobOf = (number: number) => log.blobs.list[number]!;
  const pathOf = (entry: number) => log.paths.list[log.path[entry]!]!;
  const has = new Uint8Array(ids.length);
  const leads = new Uint8Array(ids.length);
  const count = new Int32Array(ids.length);
  const appears: Sighting[] = [];
  const disappears: string[] = [];
  const written: Sighting[] = [];
  const paths = new Set<string>();
  let next = 0;
  for (let commit = 0; commit < ids.length; commit++) {
    const of = parents[commit]!;
    count[commit] = of[0] === undefined ? 0 : count[of[0]]!;
    let first: Sighting | undefined;
    for (; next < entries.length && log.commit[entries[next]!] === commit; next++) {
      const entry = entries[next]!;
      const [before, after] = [log.before[entry]!, log.after[entry]!];
      const line = hits.contents.get(blobOf(after));
      const isNamed = hits.names.has(pathOf(entry));
      count[commit]! += Number(line !== undefined) - Number(hits.contents.has(blobOf(before)));
      if (isNamed) count[commit]! += Number(after !== ABSENT) - Number(before !== ABSENT);
      if (after === ABSENT || (line === undefined && !isNamed)) continue;
      paths.add(pathOf(entry));
      const sighting = { commit: ids[commit]!, path: pathOf(entry), line: line ?? 1 };
      if (!hits.contents.has(blobOf(before))) written.push(sighting);
      first ??= sighting;
    }
    has[commit] = Number(count[commit]! > 0);
    const said = hits.descriptions.get(ids[commit]!);
    leads[commit] = Number(has[commit] === 1 || said !== undefined || of.some((one) => leads[one] === 1));
    if (has[commit] === 1 && !of.some((one) => has[one] === 1) && first !== undefined) appears.push(first);
    if (has[commit] === 0 && of.some((one) => has[one] === 1)) disappears.push(ids[commit]!);
    if (said !== undefined) appears.push({ commit: ids[commit]!, path: undefined, line: said });
  }
  const looseHere = [...loose].filter(([id]) => hits.contents.has(id));
  for (const [, { path }] of looseHere) paths.add(path);
  const byContent = new Set(looseHere.flatMap(([, one]) => one.refs));
  const byTag = new Set([...tags].flatMap(([id, names]) => (hits.descriptions.has(id) ? names : [])));
  const holding = refs.flatMap((ref): HoldingRef[] => {
    const at = graph.numberOf.get(ref.target);
    const isDirect = byContent.has(ref.name) || byTag.has(ref.name) || hits.names.has(ref.name);
    if (!isDirect && (at === undefined || leads[at] === 0)) return [];
    return [{ ref, isInTip: isDirect || (at !== undefined && has[at] === 1) }];
  });
  const isLoose =
    looseHere.some(([, one]) => one.refs.length === 0) ||
    [...tags].some(([id, names]) => names.length === 0 && hits.descriptions.has(id)) ||
    isBeyondRefs(
      repository,
      [...appears, ...written].map(({ commit }) => commit),
    );
  return {
    appears,
    disappears,
    written,
    paths: [...paths],
    blobs: [...hits.contents.keys()],
    refs: holding,
    isLoose,
    tags: [...byTag],
    isInName: hits.names.size > 0,
  };
}

const reached = new WeakMap<Repository, Uint8Array>();

/** Whether some of these commits belong to no ref. */
function isBeyondRefs(repository: Repository, commits: readonly string[]): boolean {
  const { graph } = repository;
  let from = reached.get(repository);
  if (from === undefined) {
    from = new Uint8Array(graph.ids.length);
    for (const { target } of repository.refs) {
      const at = graph.numberOf.get(target);
      if (at !== undefined) from[at] = 1;
    }
    // Parents come before children: backwards, every commit is decided before its parents are.
    for (let at = graph.ids.length - 1; at >= 0; at--)
      if (from[at] === 1) for (const parent of graph.parents[at]!) from[parent] = 1;
    reached.set(repository, from);
  }
  const marks = from;
  return commits.some((id) => marks[graph.numberOf.get(id)!] !== 1);
}
