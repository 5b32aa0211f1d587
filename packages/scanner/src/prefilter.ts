import { buildTrie, linkFailures, type Trie } from './keyword-trie.ts';

/**
 * Aho-Corasick automaton over ASCII-lower-cased UTF-16 code units (Aho and Corasick, CACM 1975). Code units are
 * compressed to the classes that keywords use (class 0: everything else). States near the start, and those with
 * several ways on, have a complete row of transitions, as wide as a power of two: one step is two table reads and a
 * shift. All others have one way on and no row (`chainedStep`), so that the tables stay in a processor's near caches.
 */
export interface Prefilter {
  /** Class of each ASCII code unit; others are class 0. */
  readonly classOf: Uint8Array;
  /** The first of the classes of `late`. */
  readonly firstLate: number;
  /** `next[(state << shift) + class]` is the next state, of states below `firstChained`. The start state is 0. */
  readonly next: States;
  readonly shift: number;
  /** States from this one on are chained. */
  readonly firstChained: number;
  /** Of chained state s, at `s - firstChained`: the class that leads on, where to, and who decides on other classes. */
  readonly edge: Uint8Array;
  readonly onward: States;
  readonly fallback: States;
  /** States from this one on accept. They say no more than that: the search goes on from `resume[s - firstAccepting]`. */
  readonly firstAccepting: number;
  readonly resume: States;
  /** Of accepting state s: triples (owner, keyword length, note) from `outputsOf[s - firstAccepting]` to the next of these. */
  readonly outputs: Int32Array;
  readonly outputsOf: Int32Array;
}

type States = Uint16Array | Uint32Array;

/** The next state of a chained one. Each fallback is shallower, so a text takes no more turns than it has characters. */
export function chainedStep(
  { next, shift, firstChained, edge, onward, fallback }: Prefilter,
  from: number,
  klass: number,
): number {
  let state = from;
  do {
    const at = state - firstChained;
    if (edge[at] === klass) return onward[at]!;
    state = fallback[at]!;
  } while (state >= firstChained);
  return next[(state << shift) + klass]!;
}

/**
 * Builds the automaton. `keywords[owner]` lists the keywords of one owner: ASCII, matched without regard to
 * case. The code units of `late` get the highest classes, whether a keyword has them or not, so that one
 * comparison tells them from all others. What `noteOf` says of a keyword stands with it. Throws RangeError for an empty or non-ASCII keyword, which would match
 * everywhere or never.
 */
export function buildPrefilter(
  keywords: readonly (readonly string[])[],
  late = '',
  noteOf: (owner: number, keyword: string) => number = () => 0,
): Prefilter {
  const { classOf, firstLate, classCount, length } = classify(keywords, late);
  const trie = buildTrie(keywords, classOf, length + 1, noteOf);
  const order = linkFailures(trie, classCount);
  const shift = Math.ceil(Math.log2(classCount));
  return { classOf, firstLate, shift, ...numberStates(trie, order, shift), ...packOutputs(trie, order) };
}

/** Numbers the code units that keywords use, both cases of a letter alike; `length` is of all keywords together. */
function classify(keywords: readonly (readonly string[])[], late: string) {
  const classOf = new Uint8Array(128);
  const isLate = (code: number) => late.includes(String.fromCharCode(code));
  let classCount = 1;
  let length = 0;
  for (const list of keywords) {
    for (const keyword of list) {
      if (keyword.length === 0) throw new RangeError('a keyword must not be empty');
      length += keyword.length;
      for (let i = 0; i < keyword.length; i++) {
        const code = lowerCaseAt(keyword, i);
        if (code > 127) throw new RangeError(`keyword ${JSON.stringify(keyword)} is not ASCII`);
        if (classOf[code] === 0 && !isLate(code)) classOf[code] = classCount++;
      }
    }
  }
  const firstLate = classCount;
  for (let i = 0; i < late.length; i++) classOf[late.charCodeAt(i)] = classCount++;
  for (let code = 65; code <= 90; code++) classOf[code] = classOf[code + 32]!;
  return { classOf, firstLate, classCount, length };
}

function lowerCaseAt(keyword: string, at: number): number {
  const code = keyword.charCodeAt(at);
  return code >= 65 && code <= 90 ? code + 32 : code;
}

/** So deep every state has a row: that is where texts mostly are, and a row is quicker than a chain. */
const deepestRows = 3;

/**
 * Rows in the order of their depth, so that those of every text lie close together; then chained states, those of one
 * keyword side by side; accepting ones last. A node without children goes on as its failure state does.
 */
function numberStates(trie: Trie, order: Int32Array, shift: number) {
  const { firstChild, sibling, depth, fail, outputs } = trie;
  const goesOn = (node: number) => node === 0 || firstChild[node] !== 0;
  const hasRow = (node: number) => depth[node]! <= deepestRows || sibling[firstChild[node]!] !== 0;
  const withRow: number[] = [];
  const chained: number[] = [];
  const accepting: number[] = [];
  for (const node of order) {
    if (outputs[node] !== undefined) accepting.push(node);
    if (goesOn(node)) (hasRow(node) ? withRow : chained).push(node);
  }
  const firstChained = withRow.length;
  const firstAccepting = firstChained + chained.length;
  const States = firstAccepting + accepting.length <= 65536 ? Uint16Array : Uint32Array;

  /** Where the search goes on from a node, and what it is told when it enters it. */
  const onFrom = new States(order.length);
  for (let i = 0; i < firstChained; i++) onFrom[withRow[i]!] = i;
  // In the order in which keywords made them.
  const byKeyword = Int32Array.from(chained).sort();
  for (let i = 0; i < byKeyword.length; i++) onFrom[byKeyword[i]!] = firstChained + i;
  for (const node of order) if (!goesOn(node)) onFrom[node] = onFrom[fail[node]!]!;
  const entered = onFrom.slice();
  for (let i = 0; i < accepting.length; i++) entered[accepting[i]!] = firstAccepting + i;

  const next = new States(firstChained << shift);
  const edge = new Uint8Array(chained.length);
  const onward = new States(chained.length);
  const fallback = new States(chained.length);
  for (const node of chained) {
    const at = onFrom[node]! - firstChained;
    const child = firstChild[node]!;
    edge[at] = trie.edge[child]!;
    onward[at] = entered[child]!;
    const other = onFrom[fail[node]!]!;
    // One that leads on by the same class only has nothing to say on others.
    const isVain = other >= firstChained && edge[other - firstChained] === edge[at];
    fallback[at] = isVain ? fallback[other - firstChained]! : other;
  }
  for (const node of withRow) {
    const row = onFrom[node]! << shift;
    if (node !== 0) copyRow(onFrom[fail[node]!]!, row);
    for (let child = firstChild[node]!; child !== 0; child = sibling[child]!) {
      next[row + trie.edge[child]!] = entered[child]!;
    }
  }
  return {
    next,
    firstChained,
    edge,
    onward,
    fallback,
    firstAccepting,
    resume: new States(accepting.map((node) => onFrom[node]!)),
  };

  /** What a state, of which all that is shallower is complete, does for each class. */
  function copyRow(from: number, to: number): void {
    if (from < firstChained) {
      next.copyWithin(to, from << shift, (from + 1) << shift);
      return;
    }
    copyRow(fallback[from - firstChained]!, to);
    next[to + edge[from - firstChained]!] = onward[from - firstChained]!;
  }
}

function packOutputs({ outputs }: Trie, order: Int32Array) {
  const packed: number[] = [];
  const starts = [0];
  for (const node of order) {
    const list = outputs[node];
    if (list === undefined) continue;
    // One by one: there can be more of them than a call may have arguments.
    for (const one of list) packed.push(one);
    starts.push(packed.length);
  }
  return { outputs: Int32Array.from(packed), outputsOf: Int32Array.from(starts) };
}
