import { hash } from 'node:crypto';
import { dirname } from 'node:path';
import type { Place } from '../files/place.ts';
import { fingerprint, publicSalt } from '../fingerprint.ts';
import type { SourceText } from './source-text.ts';
import type { Span, ToolFinding } from './tool.ts';

/**
 * As ours are: stable when lines move, different for a different secret or line. Of code: the line, and beside it the
 * lines around it and the file, so that a known `except: pass` hides no other.
 */
export function toolFingerprint(
  ruleId: string,
  told: ToolFinding,
  { path }: Place,
  source: SourceText | undefined,
  span: Span | undefined,
  line: number,
): string {
  if (told.category === 'secret' && source !== undefined && span !== undefined)
    return fingerprint(ruleId, publicSalt, source.text, span.start, span.end);
  const { dependency, secretDigest } = told;
  const [what, around] =
    dependency !== undefined
      ? [dependency.name.toLowerCase(), dirname(path)]
      : secretDigest !== undefined
        ? [secretDigest, path]
        : source !== undefined && told.line !== undefined
          ? [
              source.plainLine(line),
              [path, source.plainLine(line - 1), source.plainLine(line + 1)].join('\0'),
            ]
          : [`${told.line ?? ''}`, path];
  const digest = (part: string) => hash('sha256', `${publicSalt}\0tool\0${ruleId}\0${part}`);
  return `${ruleId}:${digest(`what\0${what}`).slice(0, 24)}:${digest(`around\0${around}`).slice(0, 8)}`;
}
