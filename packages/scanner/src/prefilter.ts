/**
 * Aho-Corasick automaton over ASCII-lower-cased UTF-16 code units (Aho and Corasick, CACM 1975), as a complete
 * transition table. Code units are compressed to the classes that keywords use (class 0: everything else), rows
 * are as wide as a power of two, and accepting states are numbered last: one step is two table reads and a shift,
 * one comparison says whether anything matched.
 */
export interface Prefilter {
  /** Class of each ASCII code unit; others are class 0. */
  readonly classOf: Uint8Array;
  /** The first of the classes of `late`. */
  readonly firstLate: number;
  /** `next[(state << shift) + class]` is the next state. The start state is 0. */
  readonly next: Uint16Array | Uint32Array;
  readonly shift: number;
  /** States from this one on accept. */
  readonly firstAccepting: number;
  /** Of accepting state s: triples (owner, keyword length, note) at `s - firstAccepting`. */
  readonly outputs: readonly Int32Array[];
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
  return { classOf, firstLate, shift, ...numberStates(trie, order, shift) };
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

/** Nodes as lists of siblings: sparse, because a cold start has no time to fill rows that stay empty. */
interface Trie {
  readonly firstChild: Int32Array;
  readonly sibling: Int32Array;
  /** Class of the edge into the node. */
  readonly edge: Uint8Array;
  readonly fail: Int32Array;
  readonly outputs: (number[] | undefined)[];
}

function buildTrie(
  keywords: readonly (readonly string[])[],
  classOf: Uint8Array,
  capacity: number,
  noteOf: (owner: number, keyword: string) => number,
): Trie {
  const trie: Trie = {
    firstChild: new Int32Array(capacity),
    sibling: new Int32Array(capacity),
    edge: new Uint8Array(capacity),
    fail: new Int32Array(capacity),
    outputs: [undefined],
  };
  keywords.forEach((list, owner) => {
    for (const keyword of list) {
      let node = 0;
      for (let i = 0; i < keyword.length; i++) {
        const edge = classOf[keyword.charCodeAt(i)]!;
        node = childOf(trie, node, edge) || addChild(trie, node, edge);
      }
      const output = trie.outputs[node] ?? [];
      output.push(owner, keyword.length, noteOf(owner, keyword));
      trie.outputs[node] = output;
    }
  });
  return trie;
}

/** The child behind the edge; 0, which is nobody's child, when there is none. */
function childOf({ firstChild, sibling, edge }: Trie, node: number, klass: number): number {
  let child = firstChild[node]!;
  while (child !== 0 && edge[child] !== klass) child = sibling[child]!;
  return child;
}

function addChild({ firstChild, sibling, edge, outputs }: Trie, node: number, klass: number): number {
  const child = outputs.push(undefined) - 1;
  edge[child] = klass;
  sibling[child] = firstChild[node]!;
  firstChild[node] = child;
  return child;
}

/**
 * Finds each node's failure state, and adds that state's outputs. Returns the nodes by depth: the failure state is
 * shallower, so it is known before.
 */
function linkFailures(trie: Trie, classCount: number): Int32Array {
  const { firstChild, sibling, edge, fail, outputs } = trie;
  const order = new Int32Array(outputs.length);
  const ofRoot = new Int32Array(classCount);
  let known = 1;
  for (let i = 0; i < known; i++) {
    const node = order[i]!;
    for (let child = firstChild[node]!; child !== 0; child = sibling[child]!) {
      order[known++] = child;
      const klass = edge[child]!;
      if (node === 0) {
        ofRoot[klass] = child;
        continue;
      }
      let state = fail[node]!;
      let target = 0;
      while (state !== 0 && target === 0) {
        target = childOf(trie, state, klass);
        state = fail[state]!;
      }
      fail[child] = target === 0 ? ofRoot[klass]! : target;
      const inherited = outputs[fail[child]!];
      if (inherited !== undefined) outputs[child] = [...(outputs[child] ?? []), ...inherited];
    }
  }
  return order;
}

/** Rows in the order of their depth, so that those of every text lie close together; accepting ones last. */
function numberStates({ firstChild, sibling, edge, fail, outputs }: Trie, order: Int32Array, shift: number) {
  const stateOf = new Int32Array(order.length);
  const accepting = order.filter((node) => outputs[node] !== undefined);
  const firstAccepting = order.length - accepting.length;
  let [plain, accepted] = [0, firstAccepting];
  for (const node of order) stateOf[node] = outputs[node] === undefined ? plain++ : accepted++;
  const size = order.length << shift;
  const next = order.length <= 65536 ? new Uint16Array(size) : new Uint32Array(size);
  for (const node of order) {
    const row = stateOf[node]! << shift;
    // Where the keyword does not go on, the failure state decides: its row is shallower, so it is complete.
    const fallback = stateOf[fail[node]!]! << shift;
    if (node !== 0) next.copyWithin(row, fallback, fallback + (1 << shift));
    for (let child = firstChild[node]!; child !== 0; child = sibling[child]!) {
      next[row + edge[child]!] = stateOf[child]!;
    }
  }
  return { next, firstAccepting, outputs: Array.from(accepting, (node) => Int32Array.from(outputs[node]!)) };
}
