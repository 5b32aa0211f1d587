import { terminalSafe } from './presentable.ts';

/** A list whose items are made one after another while it is written: a report can be larger than memory. */
export class LazyList {
  readonly #make: () => Iterable<unknown>;

  constructor(make: () => Iterable<unknown>) {
    this.#make = make;
  }

  items(): Iterable<unknown> {
    return this.#make();
  }
}

/** The list of what `make` makes of each. */
export function lazily<T>(list: Iterable<T>, make: (item: T) => unknown): LazyList {
  return new LazyList(function* () {
    for (const item of list) yield make(item);
  });
}

/**
 * The value as `JSON.stringify(value, null, 2)` has it, in pieces, safe on a terminal. Lists can be lazy where they
 * lie in plain objects and lists, at any depth, but not inside their own items.
 */
export function* jsonPieces(value: unknown, indent = ''): Generator<string> {
  const deeper = `${indent}  `;
  if (value instanceof LazyList) {
    yield* enclosed('[', ']', indent, lazyItems(value, deeper));
  } else if (Array.isArray(value)) {
    yield* enclosed(
      '[',
      ']',
      indent,
      members(
        value.map((item) => ['', item]),
        deeper,
      ),
    );
  } else if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, member]) => member !== undefined);
    yield* enclosed(
      '{',
      '}',
      indent,
      members(
        entries.map(([key, member]) => [`${JSON.stringify(key)}: `, member]),
        deeper,
      ),
    );
  } else yield terminalSafe(JSON.stringify(value) ?? 'null');
}

/** Each item as an iterable of its pieces. */
function* lazyItems(list: LazyList, indent: string): Generator<Iterable<string>> {
  for (const item of list.items()) {
    const json = JSON.stringify(item, null, 2) ?? 'null';
    yield [terminalSafe(json.replaceAll('\n', `\n${indent}`))];
  }
}

function* members(entries: [prefix: string, value: unknown][], indent: string): Generator<Iterable<string>> {
  for (const [prefix, value] of entries) yield prefixed(terminalSafe(prefix), jsonPieces(value, indent));
}

function* prefixed(prefix: string, pieces: Iterable<string>): Generator<string> {
  yield prefix;
  yield* pieces;
}

function* enclosed(
  open: string,
  close: string,
  indent: string,
  items: Iterable<Iterable<string>>,
): Generator<string> {
  let isEmpty = true;
  for (const item of items) {
    yield isEmpty ? `${open}\n${indent}  ` : `,\n${indent}  `;
    isEmpty = false;
    yield* item;
  }
  yield isEmpty ? `${open}${close}` : `\n${indent}${close}`;
}

/** Joins small pieces, so that each is worth a write. */
export function* inChunks(pieces: Iterable<string>, length = 65_536): Generator<string> {
  let chunk = '';
  for (const piece of pieces) {
    chunk += piece;
    if (chunk.length < length) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}
