/**
 * Aho-Corasick automaton over ASCII-lower-cased UTF-16 code units (Aho and Corasick, CACM 1975), as a complete
 * transition table. Code units are compressed to the classes that keywords use (class 0: everything else),
 * state numbers are premultiplied by the number of classes, and accepting states are numbered last: one step
 * is two table reads and an addition, one comparison says whether anything matched.
 */
export interface Prefilter {
  /** Class of each ASCII code unit; others are class 0. */
  readonly classOf: Uint8Array;
  /** `next[state + class]` is the next premultiplied state. The start state is 0. */
  readonly next: Uint16Array | Uint32Array;
  /** States from this one on accept. */
  readonly firstAccepting: number;
  readonly classCount: number;
  /** Of accepting state s: pairs (owner, keyword length) at `(s - firstAccepting) / classCount`. */
  readonly outputs: readonly Int32Array[];
}

interface TrieNode {
  readonly children: Map<number, number>;
  readonly outputs: number[];
  fail: number;
}

/**
 * Builds the automaton. `keywords[owner]` lists the keywords of one owner: ASCII, matched without regard to
 * case. Throws RangeError for an empty or non-ASCII keyword, which would match everywhere or never.
 */
export function buildPrefilter(keywords: readonly (readonly string[])[]): Prefilter {
  const classOf = new Uint8Array(128);
  const nodes = buildTrie(keywords, classOf);
  const classCount = Math.max(...classOf) + 1;
  const order = breadthFirst(nodes);
  const plain = order.filter((node) => nodes[node]!.outputs.length === 0);
  const accepting = order.filter((node) => nodes[node]!.outputs.length > 0);
  const stateOf = new Int32Array(nodes.length);
  [...plain, ...accepting].forEach((node, index) => {
    stateOf[node] = index * classCount;
  });
  const size = nodes.length * classCount;
  const next = size < 65536 ? new Uint16Array(size) : new Uint32Array(size);
  for (const node of order) {
    const state = stateOf[node]!;
    const failState = stateOf[nodes[node]!.fail]!;
    // The failure state is shallower, so its row is complete already: copying it completes this one.
    if (node !== 0) next.copyWithin(state, failState, failState + classCount);
    for (const [klass, child] of nodes[node]!.children) next[state + klass] = stateOf[child]!;
  }
  for (let code = 65; code <= 90; code++) classOf[code] = classOf[code + 32]!;
  return {
    classOf,
    next,
    firstAccepting: plain.length * classCount,
    classCount,
    outputs: accepting.map((node) => Int32Array.from(nodes[node]!.outputs)),
  };
}

function buildTrie(keywords: readonly (readonly string[])[], classOf: Uint8Array): TrieNode[] {
  const nodes: TrieNode[] = [{ children: new Map(), outputs: [], fail: 0 }];
  let classes = 0;
  keywords.forEach((list, owner) => {
    for (const keyword of list) {
      if (keyword.length === 0) throw new RangeError('a keyword must not be empty');
      let node = 0;
      for (const character of keyword.toLowerCase()) {
        const code = character.charCodeAt(0);
        if (code > 127) throw new RangeError(`keyword ${JSON.stringify(keyword)} is not ASCII`);
        if (classOf[code] === 0) classOf[code] = ++classes;
        const klass = classOf[code]!;
        let child = nodes[node]!.children.get(klass);
        if (child === undefined) {
          child = nodes.push({ children: new Map(), outputs: [], fail: 0 }) - 1;
          nodes[node]!.children.set(klass, child);
        }
        node = child;
      }
      nodes[node]!.outputs.push(owner, keyword.length);
    }
  });
  return nodes;
}

/** Nodes by depth; sets failure links and adds to each node the outputs of its suffixes on the way. */
function breadthFirst(nodes: TrieNode[]): number[] {
  const order = [0];
  for (let i = 0; i < order.length; i++) {
    const parent = order[i]!;
    for (const [klass, child] of nodes[parent]!.children) {
      let fail = parent === 0 ? 0 : nodes[parent]!.fail;
      while (parent !== 0 && fail !== 0 && !nodes[fail]!.children.has(klass)) fail = nodes[fail]!.fail;
      const target = parent === 0 ? 0 : (nodes[fail]!.children.get(klass) ?? 0);
      nodes[child]!.fail = target;
      nodes[child]!.outputs.push(...nodes[target]!.outputs);
      order.push(child);
    }
  }
  return order;
}
