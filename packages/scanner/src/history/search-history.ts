import { progressBar } from '../command/progress.ts';
import type { Surroundings } from '../command/surroundings.ts';
import { readBlobs } from '../files/git-blobs.ts';
import { isIncomplete, type Place } from '../files/place.ts';
import type { Scanner } from '../scan.ts';
import { contentsOf, descriptionsOf, type Seen } from './find-secrets.ts';
import type { Repository } from './repository.ts';
import { SearchIntake } from './search-intake.ts';
import type { Secrets } from './secrets.ts';
import type { Hits } from './trace.ts';
import type { ValueSearch } from './value-search.ts';

/** Every place where a value stands: contents, messages of commits and tags, names. */
export async function searchHistory(
  repository: Repository,
  search: ValueSearch,
  secrets: Secrets,
  seen: readonly Seen[],
  surroundings: Surroundings,
) {
  const { log, refs, git } = repository;
  const all = secrets.values.map(() => ({
    contents: new Map<string, number>(),
    descriptions: new Map<string, number>(),
    names: new Set<string>(),
  }));
  if (all.length === 0) return { all: all as Hits[], skips: [], contents: 0 };
  for (const { blob, key, line } of seen) {
    const value = secrets.numberOf(key);
    if (value !== undefined) all[value]!.contents.set(blob, line);
  }
  const into = async (
    objects: ReadonlyMap<string, Place>,
    kind: 'contents' | 'descriptions',
    noun: string,
  ) => {
    const idOf = new Map([...objects].map(([id, place]) => [place, id]));
    const intake = new SearchIntake(search, (place, value, line) => {
      const lines = all[value]![kind];
      const id = idOf.get(place)!;
      if (!lines.has(id)) lines.set(id, line);
    });
    const bar = progressBar(surroundings, noun);
    await readBlobs(objects, git, intake, (done) => bar.show(done, objects.size));
    bar.clear();
    return intake.skips.filter(({ reason }) => isIncomplete(reason));
  };
  const contents = contentsOf(repository);
  const skips = [
    ...(await into(contents, 'contents', 'contents searched')),
    ...(await into(descriptionsOf(repository), 'descriptions', 'messages searched')),
  ];
  for (const name of [...log.paths.list, ...refs.map((ref) => ref.name)])
    for (const { value } of search.find(Buffer.from(name))) all[value]!.names.add(name);
  return { all: all as Hits[], skips, contents: contents.size };
}

/** A scanner that also finds the values themselves, so that nothing which is shown holds one. */
export function withoutValues(scanner: Scanner, search: ValueSearch): Scanner {
  return (text, options) => [
    ...scanner(text, options),
    ...search.spansIn(text).map(({ start, end }) => ({
      ruleId: 'value-in-question',
      category: 'secret' as const,
      severity: 'critical' as const,
      confidence: 'high' as const,
      validated: true,
      title: '',
      start,
      end,
      line: 1,
      column: 1,
      preview: '…',
      fingerprint: '',
    })),
  ];
}
