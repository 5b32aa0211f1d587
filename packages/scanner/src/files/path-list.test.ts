import { describe, expect, it } from 'vitest';
import { PathList } from './path-list.ts';

describe('a list of paths', () => {
  const paths = Array.from({ length: 9000 }, (_, i) => (i % 5 === 0 ? `/a/ü${i}` : `/b/${i}`));

  it('gives them back as bytes, here and in another thread', () => {
    const list = new PathList();
    for (const path of paths) list.add(path);
    const read = (from: PathList) => paths.map((_, i) => from.at(i).toString());
    expect(read(list)).toEqual(paths);
    const other = new PathList(structuredClone(list.shared));
    expect([other.length, read(other)]).toEqual([9000, paths]);
    expect(read(list)).toEqual(paths);
  });

  it('keeps names that are no UTF-8', () => {
    const list = new PathList();
    const name = Buffer.from([0x2f, 0xff, 0xfe]);
    list.add(name);
    expect([...new PathList(list.shared).at(0)]).toEqual([...name]);
  });
});
