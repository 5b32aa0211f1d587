import { type CharacterSet, union } from './character-set.ts';
import { isNullable, type Node } from './syntax.ts';

/** Instructions of the pattern, counts written out; `group` is the one whose place is told. */
export function sizeOf(node: Node, group: number): number {
  switch (node.kind) {
    case 'set':
    case 'assertion':
      return 1;
    case 'sequence':
      return node.items.reduce((sum, item) => sum + sizeOf(item, group), 0);
    case 'choice':
      return node.options.reduce((sum, option) => sum + sizeOf(option, group) + 2, -2);
    case 'group':
      return sizeOf(node.body, group) + (node.index === group ? 2 : 0);
    case 'repeat': {
      const { least, most } = node;
      const body = sizeOf(node.body, group);
      if (most !== Number.POSITIVE_INFINITY) return least * body + (most - least) * (body + 1);
      return least === 0 ? body + 2 : least * body + 1;
    }
  }
}

/** Code units that a match can begin with. */
export function firstOf(node: Node): CharacterSet {
  switch (node.kind) {
    case 'set':
      return node.set;
    case 'assertion':
      return [];
    case 'choice':
      return union(...node.options.map(firstOf));
    case 'group':
      return firstOf(node.body);
    case 'repeat':
      return node.most === 0 ? [] : firstOf(node.body);
    case 'sequence': {
      const sets: CharacterSet[] = [];
      for (const item of node.items) {
        sets.push(firstOf(item));
        if (!isNullable(item)) break;
      }
      return union(...sets);
    }
  }
}

const longestPrefix = 8;

/** Sets that the first code units of every match are in, one after another; may be empty. */
export function prefixOf(node: Node): CharacterSet[] {
  return beginningOf(node).sets;
}

/** The same, and whether that is all of every match. */
function beginningOf(node: Node): { sets: CharacterSet[]; isAll: boolean } {
  switch (node.kind) {
    case 'set':
      return { sets: [node.set], isAll: true };
    case 'assertion':
      return { sets: [], isAll: true };
    case 'group':
      return beginningOf(node.body);
    case 'sequence':
      return inRow(node.items);
    case 'repeat': {
      const turns = Math.min(node.least, longestPrefix);
      const { sets, isAll } = inRow(Array.from({ length: turns }, () => node.body));
      return { sets, isAll: isAll && turns === node.most };
    }
    case 'choice': {
      const options = node.options.map(beginningOf);
      const length = Math.min(...options.map(({ sets }) => sets.length));
      const sets = Array.from({ length }, (_, i) => union(...options.map((one) => one.sets[i]!)));
      return { sets, isAll: options.every((one) => one.isAll && one.sets.length === length) };
    }
  }
}

function inRow(nodes: readonly Node[]): { sets: CharacterSet[]; isAll: boolean } {
  const sets: CharacterSet[] = [];
  for (const node of nodes) {
    const next = beginningOf(node);
    sets.push(...next.sets);
    if (!next.isAll || sets.length >= longestPrefix)
      return { sets: sets.slice(0, longestPrefix), isAll: false };
  }
  return { sets, isAll: true };
}
