import { mkdirSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fakeTool } from '../testing/fake-tools.ts';
import { findProgram, trustedFolders } from './find-program.ts';

const temporary = () => mkdtempSync(join(tmpdir(), 'find-program-'));
const tree = temporary();
const bin = join(tree, 'node_modules/.bin');
mkdirSync(bin, { recursive: true });
const linked = join(temporary(), 'bin');
symlinkSync(bin, linked);
const own = temporary();

describe('of PATH', () => {
  it('only absolute folders are kept, and none that lies in the scanned tree or leads into it', () => {
    const path = ['', 'node_modules/.bin', '.', bin, tree, linked, own, `${tree}-beside`, '/missing'];
    expect(trustedFolders(path.join(delimiter), [tree])).toEqual([own, `${tree}-beside`, '/missing']);
  });

  it('nothing is kept where there is none', () => {
    expect(trustedFolders(undefined, [tree])).toEqual([]);
    expect(trustedFolders('', [tree])).toEqual([]);
  });
});

describe.skipIf(process.platform === 'win32')('a program', () => {
  it('is the first that can be run, and no link into the tree', () => {
    const [first, second, third] = [temporary(), temporary(), temporary()];
    symlinkSync(fakeTool(bin, 'tool', ''), join(first, 'tool'));
    mkdirSync(join(second, 'tool'));
    const found = fakeTool(third, 'tool', '');
    expect(findProgram('tool', [first, second, third], [tree])).toBe(found);
    expect(findProgram('tool', [first, second], [tree])).toBeUndefined();
  });
});
