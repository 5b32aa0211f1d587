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

/**
 * Builds the automaton. `keywords[owner]` lists the keywords of one owner: ASCII, matched without regard to
 * case. Throws RangeError for an empty or non-ASCII keyword, which would match everywhere or never.
 */
export function buildPrefilter(keywords: readonly (readonly string[])[]): Prefilter {
  const { classOf, classCount, length } = classify(keywords);
  // Dense rows from the start: with a thousand keywords, maps of children would cost most of a cold start.
  const rows = new Int32Array((length + 1) * classCount);
  const outputs: number[][] = [[]];
  keywords.forEach((list, owner) => {
    for (const keyword of list) {
      let node = 0;
      for (let i = 0; i < keyword.length; i++) {
        const index = node * classCount + classOf[keyword.charCodeAt(i)]!;
        if (rows[index] === 0) rows[index] = outputs.push([]) - 1;
        node = rows[index]!;
      }
      outputs[node]!.push(owner, keyword.length);
    }
  });
  const order = complete(rows, classCount, outputs);
  return { classOf, classCount, ...numberStates(rows, classCount, outputs, order) };
}

/** Numbers the code units that keywords use, both cases of a letter alike; `length` is of all keywords together. */
function classify(keywords: readonly (readonly string[])[]) {
  const classOf = new Uint8Array(128);
  let classCount = 1;
  let length = 0;
  for (const keyword of keywords.flat()) {
    if (keyword.length === 0) throw new RangeError('a keyword must not be empty');
    length += keyword.length;
    for (const character of keyword.toLowerCase()) {
      const code = character.charCodeAt(0);
      if (code > 127) throw new RangeError(`keyword ${JSON.stringify(keyword)} is not ASCII`);
      if (classOf[code] === 0) classOf[code] = classCount++;
    }
  }
  for (let code = 65; code <= 90; code++) classOf[code] = classOf[code + 32]!;
  return { classOf, classCount, length };
}

/**
 * Fills the gaps of each row from the row of its failure state, and adds that state's outputs. Returns the nodes
 * by depth: the failure state is shallower, so its row is complete before it is read.
 */
function complete(rows: Int32Array, classCount: number, outputs: number[][]): Int32Array {
  const order = new Int32Array(outputs.length);
  const fail = new Int32Array(outputs.length);
  let known = 1;
  for (let i = 0; i < known; i++) {
    const node = order[i]!;
    const own = node * classCount;
    const fallback = fail[node]! * classCount;
    for (let klass = 0; klass < classCount; klass++) {
      const target = node === 0 ? 0 : rows[fallback + klass]!;
      const child = rows[own + klass]!;
      if (child === 0) {
        rows[own + klass] = target;
        continue;
      }
      fail[child] = target;
      outputs[child]!.push(...outputs[target]!);
      order[known++] = child;
    }
  }
  return order;
}

/** Rows in the order of their depth, so that those of every text lie close together; accepting ones last. */
function numberStates(rows: Int32Array, classCount: number, outputs: number[][], order: Int32Array) {
  const plain = order.filter((node) => outputs[node]!.length === 0);
  const accepting = order.filter((node) => outputs[node]!.length > 0);
  const stateOf = new Int32Array(order.length);
  let state = 0;
  for (const node of plain) stateOf[node] = state++ * classCount;
  for (const node of accepting) stateOf[node] = state++ * classCount;
  const size = order.length * classCount;
  const next = size < 65536 ? new Uint16Array(size) : new Uint32Array(size);
  for (const node of order) {
    const from = node * classCount;
    const to = stateOf[node]!;
    for (let klass = 0; klass < classCount; klass++) next[to + klass] = stateOf[rows[from + klass]!]!;
  }
  return {
    next,
    firstAccepting: plain.length * classCount,
    outputs: Array.from(accepting, (node) => Int32Array.from(outputs[node]!)),
  };
}
