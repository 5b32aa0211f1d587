const fewest = 4;

/**
 * Whether digits look like an encoding rather than like a name: capitals, small letters and numbers take turns
 * at almost every other place, in a name at each word. Undecided, so false, for less than four.
 */
export function looksRandom(digits: string): boolean {
  if (digits.length < fewest) return false;
  let turns = 0;
  let last = kindOf(digits.charCodeAt(0));
  for (let at = 1; at < digits.length; at++) {
    const kind = kindOf(digits.charCodeAt(at));
    // A capital begins a word together with the letters after it.
    if (kind !== last && !(last === 'upper' && kind === 'lower')) turns++;
    last = kind;
  }
  return turns * 7 >= digits.length * 2;
}

function kindOf(code: number): 'lower' | 'upper' | 'number' | 'sign' {
  if (code >= 97 && code <= 122) return 'lower';
  if (code >= 65 && code <= 90) return 'upper';
  return code >= 48 && code <= 57 ? 'number' : 'sign';
}
