/** Nodes as lists of siblings: sparse, because a cold start has no time to fill rows that stay empty. */
export interface Trie {
  readonly firstChild: Int32Array;
  readonly sibling: Int32Array;
  /** Class of the edge into the node. */
  readonly edge: Uint8Array;
  readonly depth: Int32Array;
  readonly fail: Int32Array;
  /** Triples (owner, keyword length, note) of the keywords that end at the node. */
  readonly outputs: (number[] | undefined)[];
}

export function buildTrie(
  keywords: readonly (readonly string[])[],
  classOf: Uint8Array,
  capacity: number,
  noteOf: (owner: number, keyword: string) => number,
): Trie {
  const trie: Trie = {
    firstChild: new Int32Array(capacity),
    sibling: new Int32Array(capacity),
    edge: new Uint8Array(capacity),
    depth: new Int32Array(capacity),
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

function addChild({ firstChild, sibling, edge, depth, outputs }: Trie, node: number, klass: number): number {
  const child = outputs.push(undefined) - 1;
  edge[child] = klass;
  depth[child] = depth[node]! + 1;
  sibling[child] = firstChild[node]!;
  firstChild[node] = child;
  return child;
}

/**
 * Finds each node's failure state, and adds that state's outputs. Returns the nodes by depth: the failure state is
 * shallower, so it is known before.
 */
export function linkFailures(trie: Trie, classCount: number): Int32Array {
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
