import { literally, sourceOf } from '../pattern-text.ts';
import type { Alphabet, Format, Length } from './row.ts';

const classOf: Readonly<Record<Exclude<Alphabet, 'uuid'>, string>> = {
  alphanumeric: '[0-9A-Za-z]',
  'lower-alphanumeric': '[0-9a-z]',
  'upper-alphanumeric': '[0-9A-Z]',
  hex: '[0-9A-Fa-f]',
  base64: '[0-9A-Za-z+/=]',
  base64url: '[0-9A-Za-z_-]',
  digits: '[0-9]',
  letters: '[A-Za-z]',
};
const uuid = '[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}';

/** The regular expressions that a format stands for, one for each beginning: what reports say of it, not what runs. */
export function patternsOf(format: Format): string[] {
  switch (format.kind) {
    case 'prefix': {
      const end = `${runOf(format.alphabet, format.length)}${literally(format.suffix ?? '')}`;
      return format.prefixes.map((prefix) => literally(prefix) + end);
    }
    case 'named': {
      const nouns = format.nouns.map((noun) => noun.split(/[ _-]/).map(literally).join('[ _-]?'));
      return [`(?i:${nouns.join('|')})[\\s\\S]{0,64}?${runOf(format.alphabet, format.length)}`];
    }
    case 'shape': {
      const before = format.before === undefined ? '' : runOf(format.before.alphabet, format.before.length);
      return [before + sourceOf(format.pattern)];
    }
  }
}

function runOf(alphabet: Alphabet, length: Length): string {
  if (alphabet === 'uuid') return uuid;
  return `${classOf[alphabet]}{${typeof length === 'number' ? length : length.join(',')}}`;
}
