import { compileGlob, type Glob, matchesGlob } from './glob.ts';

interface IgnorePattern {
  readonly glob: Glob;
  readonly isNegated: boolean;
  readonly isFolderOnly: boolean;
}

/** The patterns of one ignore file, in its order. */
export interface IgnoreRules {
  /** Absolute path of the folder that the patterns are relative to. */
  readonly base: string;
  readonly patterns: readonly IgnorePattern[];
}

/** Parses an ignore file (gitignore(5)). Never throws. */
export function parseIgnoreFile(base: string, text: string): IgnoreRules {
  const patterns: IgnorePattern[] = [];
  for (const raw of text.split('\n')) {
    let line = raw.replace(/\r$/, '');
    while (line.endsWith(' ') && !line.endsWith('\\ ')) line = line.slice(0, -1);
    if (line === '' || line.startsWith('#')) continue;
    const isNegated = line.startsWith('!');
    if (isNegated) line = line.slice(1);
    const isFolderOnly = line.endsWith('/');
    if (isFolderOnly) line = line.slice(0, -1);
    if (line === '') continue;
    // A slash at the start or inside ties the pattern to the folder of its file.
    const isAnchored = line.includes('/');
    const glob = compileGlob(isAnchored ? line.replace(/^\//, '') : `**/${line}`);
    patterns.push({ glob, isNegated, isFolderOnly });
  }
  return { base, patterns };
}

/**
 * Whether git would ignore the path: the last pattern that matches decides, and of several files the deepest.
 * @param layers from the outermost file to the innermost
 * @param path absolute, below the base of every layer, with `/` between its parts
 */
export function isIgnored(layers: readonly IgnoreRules[], path: string, isFolder: boolean): boolean {
  for (let i = layers.length - 1; i >= 0; i--) {
    const { base, patterns } = layers[i]!;
    if (patterns.length === 0) continue;
    const parts = path.slice(base.length + (base.endsWith('/') ? 0 : 1)).split('/');
    for (let j = patterns.length - 1; j >= 0; j--) {
      const pattern = patterns[j]!;
      if (pattern.isFolderOnly && !isFolder) continue;
      if (matchesGlob(pattern.glob, parts)) return !pattern.isNegated;
    }
  }
  return false;
}
