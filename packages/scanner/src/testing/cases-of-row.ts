import { hasSequence, isStandIn } from '../matchers/randomness.ts';
import { boundsOf } from '../providers/alphabets.ts';
import { looksRandom } from '../providers/random-body.ts';
import type {
  Alphabet,
  Format,
  NamedFormat,
  PrefixFormat,
  ProviderRow,
  ShapeFormat,
} from '../providers/row.ts';
import type { Positive, RuleCases } from './rule-cases.ts';
import { everywhere } from './rule-cases.ts';
import type { Tokens } from './tokens.ts';
import { makeTokens } from './tokens.ts';

const digits = '0123456789';
const lower = 'abcdefghijklmnopqrstuvwxyz';
const upper = lower.toUpperCase();
const charactersOf: Readonly<Record<Exclude<Alphabet, 'uuid'>, string>> = {
  alphanumeric: digits + lower + upper,
  'lower-alphanumeric': digits + lower,
  'upper-alphanumeric': digits + upper,
  hex: `${digits}abcdef`,
  base64: `${digits}${lower}${upper}+/`,
  base64url: `${digits}${lower}${upper}-_`,
  digits,
  letters: lower + upper,
};
/** What a body of the alphabet never holds, but for the case of hex. */
const strangerTo: Readonly<Record<Alphabet, string>> = {
  alphanumeric: '~',
  'lower-alphanumeric': 'Q',
  'upper-alphanumeric': 'q',
  hex: 'z',
  base64: '~',
  base64url: '~',
  digits: 'x',
  uuid: 'z',
  letters: '7',
};

/** Positives in many contexts and near misses of each format of the row, from its id as the seed. */
export function casesOfRow(row: ProviderRow): RuleCases {
  const tokens = makeTokens([...row.id].reduce((seed, character) => seed * 31 + character.charCodeAt(0), 7));
  const parts = row.formats.map((format) => {
    const { positives, negatives } = casesOf(format, tokens, row);
    // A near miss of one format may be another's: then the row catches it rightly.
    const others = row.formats.flatMap((other) =>
      other === format || other.kind === 'shape' ? [] : [patternOf(other)],
    );
    return { positives, negatives: negatives.filter((text) => !others.some((other) => other.test(text))) };
  });
  return {
    positives: parts.flatMap(({ positives }) => positives),
    negatives: parts.flatMap(({ negatives }) => negatives),
  };
}

function casesOf(format: Format, tokens: Tokens, row: ProviderRow): RuleCases {
  switch (format.kind) {
    case 'prefix':
      return casesOfPrefix(format, tokens);
    case 'named':
      return casesOfNamed(format, tokens);
    case 'shape':
      return casesOfShape(
        format,
        tokens,
        row.formats.some(({ kind }) => kind === 'named'),
      );
  }
}

/**
 * A whole token of the format at the end of a text, or a quoted value after one of its nouns: written as a regex,
 * so that tests do not lean on the matchers that they test.
 */
function patternOf(format: Exclude<Format, ShapeFormat>): RegExp {
  const { alphabet, length } = format;
  const [minimum, maximum] = boundsOf(alphabet, length);
  const escaped = (text: string) => text.replace(/[^A-Za-z\d]/g, '\\$&');
  const characters = alphabet === 'uuid' ? 'A-Fa-f\\d-' : alphabet === 'hex' ? 'A-Fa-f\\d' : undefined;
  const body = characters ?? charactersOf[alphabet as 'digits'].replace(/[-/]/g, '\\$&');
  const padding = alphabet === 'base64' ? '={0,2}' : '';
  const run = `[${body}]{${Math.max(0, minimum - 2 * Number(padding !== ''))},${maximum}}${padding}`;
  if (format.kind === 'named')
    return new RegExp(`(?<![a-z])(?:${format.nouns.join('|')}).*["':/]${run}"?$`, 'i');
  const { prefixes, suffix = '' } = format;
  return new RegExp(`(?:^|[^A-Za-z\\d])(?:${prefixes.map(escaped).join('|')})${run}${escaped(suffix)}$`);
}

function bodyOf(alphabet: Alphabet, length: number, tokens: Tokens): string {
  if (alphabet === 'uuid') return [8, 4, 4, 4, 12].map((part) => tokens.hex(part)).join('-');
  for (let attempt = 0; attempt < 500; attempt++) {
    const body = tokens.body(length, charactersOf[alphabet]);
    // A dash at an end is a body too, but punctuation in most contexts.
    const isWhole = !/^[-_+/]|[-_+/]$/.test(body);
    if (isWhole && !isStandIn(body) && !hasSequence(body) && looksRandom(body, alphabet)) return body;
  }
  return tokens.body(length, charactersOf[alphabet]);
}

function casesOfPrefix(format: PrefixFormat, tokens: Tokens): RuleCases {
  const { prefixes, alphabet, length, suffix = '', judge, example } = format;
  const [minimum, maximum] = boundsOf(alphabet, length);
  const sound = (size: number) => {
    if (example !== undefined) return example(tokens);
    let body = bodyOf(alphabet, size, tokens);
    for (let i = 0; i < 50 && judge?.(body) === 'refuted'; i++) body = bodyOf(alphabet, size, tokens);
    return body;
  };
  const isProof = judge === undefined && (typeof length === 'number' || alphabet === 'uuid');
  const positives = prefixes.flatMap((prefix) => {
    const value = prefix + sound(minimum) + suffix;
    const expected = isProof ? { validated: true } : {};
    return [...everywhere(value, expected), ...configured(value, expected)];
  });
  if (maximum > minimum) positives.push(...everywhere(prefixes[0]! + sound(maximum) + suffix));
  const cross = 'xX'.split('').find((one) => isOf(one, alphabet));
  if (cross !== undefined && minimum >= 5) {
    const masked = { severity: 'low', confidence: 'low', validated: false } as const;
    positives.push(...everywhere(prefixes[0]! + cross.repeat(minimum) + suffix, masked));
  }
  const prefix = prefixes[0]!;
  const body = bodyOf(alphabet, minimum, tokens);
  const middle = Math.min(minimum >> 1, 4);
  const wrong = body.slice(0, middle) + strangerTo[alphabet] + body.slice(middle + 1);
  const otherSuffix = [...suffix].reverse().join('').toLowerCase();
  const swapped = prefix === prefix.toUpperCase() ? prefix.toLowerCase() : prefix.toUpperCase();
  const filler = '0a'.split('').find((one) => alphabet === 'uuid' || isOf(one, alphabet))!;
  const standIn =
    alphabet === 'uuid' ? '00000000-0000-0000-0000-000000000000' : filler.repeat(Math.max(minimum, 7));
  return {
    positives,
    negatives: [
      prefix + body.slice(1) + suffix,
      ...(suffix === '' ? [prefix + bodyOf(alphabet, maximum, tokens) + lengthened(alphabet)] : []),
      ...(otherSuffix === suffix ? [] : [prefix + body + otherSuffix]),
      prefix + wrong + suffix,
      `a${prefix}${body}${suffix}`,
      ...(swapped === prefix ? [] : [swapped + body + suffix]),
      ...(standIn.length <= maximum ? [prefix + standIn + suffix] : []),
      prefix,
      `the ${prefix} prefix`,
    ],
  };
}

const isOf = (character: string, alphabet: Alphabet) =>
  alphabet !== 'uuid' && charactersOf[alphabet].includes(character);
const lengthened = (alphabet: Alphabet) => (alphabet === 'digits' ? '7' : alphabet === 'uuid' ? '1' : 'A');

/** What configuration files and headers look like around a value. */
function configured(value: string, expected: Positive['expected'] = {}): Positive[] {
  return [
    `const token = '${value}';`,
    `services:\n  token: ${value}\n`,
    `curl -H "Authorization: Bearer ${value}" https://host.test/`,
    `X-Api-Key: ${value}\r\nAccept: */*`,
  ].map((text) => ({ text, value, expected }));
}

function casesOfNamed({ nouns, alphabet, length }: NamedFormat, tokens: Tokens): RuleCases {
  const [minimum, maximum] = boundsOf(alphabet, length);
  const positives = nouns.flatMap((noun) => {
    const value = bodyOf(alphabet, minimum, tokens);
    return assigned(noun, value).map((text) => ({
      text,
      value,
      expected: { confidence: 'medium' as const },
    }));
  });
  if (maximum > minimum) {
    const value = bodyOf(alphabet, maximum, tokens);
    positives.push({
      text: assigned(nouns[0]!, value)[0]!,
      value,
      expected: { confidence: 'medium' as const },
    });
  }
  const noun = nouns[0]!.replace(/[ -]/g, '_');
  const value = bodyOf(alphabet, minimum, tokens);
  const standIn = (isOf('x', alphabet) ? 'x' : isOf('X', alphabet) ? 'X' : '0').repeat(minimum);
  return {
    positives,
    negatives: [
      `${noun}_api_key = "${value.slice(1)}"`,
      `${noun}_api_key = "${bodyOf(alphabet, maximum, tokens)}${alphabet === 'digits' ? '77' : 'AA'}"`,
      `${noun}_api_key = "${value.slice(0, 4)}${strangerTo[alphabet]}${value.slice(5)}"`,
      `another_api_key = "${value}"`,
      ...(isPartOf(noun, nouns) ? [] : [`un${noun}_api_key = "${value}"`]),
      `${noun}_api_key = "${standIn}"`,
      `${noun}_api_key = get("short"); other = "${value}"`,
      `${noun}_api_key = "short", other_name = "${value}"`,
      `${noun}_commit_hash = "${value}"`,
      `${noun}_api_key = $X\nchecksum = ${value}`,
      `we use ${noun} every day ${value}`,
    ],
  };
}

const isPartOf = (whole: string, nouns: readonly string[]) =>
  nouns.some((noun) => noun !== whole && whole.includes(noun));

/** The value assigned to a name with the noun, in the manners of code, configuration, prose, headers and URLs. */
function assigned(noun: string, value: string): string[] {
  const words = noun.split(/[ _-]/);
  const snake = words.join('_');
  const hump = words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('');
  return [
    `${snake.toUpperCase()}_API_KEY = "${value}"`,
    `export ${snake.toUpperCase()}_TOKEN=${value}\n`,
    `${snake}_api_key: ${value}\r\n`,
    `{"${snake}ApiKey":"${value}","b":1}`,
    `{\\"${snake}_key\\": \\"${value}\\"}`,
    `const my${hump}Token = '${value}';`,
    `the ${noun} token is ${value}.`,
    `X-${hump}-Token: ${value}`,
    `https://api.${snake}.com/v1/x?a=1&api_key=${value}&y=1`,
    `${snake}: { apiKey: "${value}" }`,
    `<${snake}Token>${value}</${snake}Token>`,
    `<${snake}Token>\n    ${value}\n</${snake}Token>`,
    `var ${snake}Token string = "${value}"`,
    `${snake.toUpperCase()}_TOKEN ?= ${value}`,
    `os.environ["${snake.toUpperCase()}_API_KEY"] = "${value}"`,
    `os.getenv("${snake.toUpperCase()}_API_KEY", "${value}")`,
    `process.env.${snake.toUpperCase()}_TOKEN || '${value}'`,
    `run --${snake}-token ${value} --verbose`,
    `new ${hump}Client("${value}")`,
    `"${snake}_api_key":\n    "${value}"`,
  ];
}

/** Whether a short example is the format again when it is cut. */
function isWhole(cut: string, { keyword, pattern }: ShapeFormat): boolean {
  pattern.lastIndex = 0;
  return pattern.test(cut.slice(Math.max(0, cut.indexOf(keyword))));
}

function casesOfShape(format: ShapeFormat, tokens: Tokens, isNamed: boolean): RuleCases {
  const { keyword, pattern, example, maximumLength, before } = format;
  const head = () =>
    before === undefined
      ? ''
      : bodyOf(before.alphabet, boundsOf(before.alphabet, before.length)[0], tokens).toString();
  const positives = [0, 1].flatMap(() => {
    const tail = example(tokens);
    pattern.lastIndex = 0;
    const found = pattern.exec(tail);
    const [from, to] = found?.indices?.groups?.secret ?? [0, tail.length];
    if (found?.[0] !== tail || tail.length > maximumLength) throw new Error(`${pattern} and its example`);
    const start = head();
    const whole = start + tail;
    const value = from === 0 ? start + tail.slice(0, to) : tail.slice(from, to);
    return [whole, `"${whole}"`, `x = '${whole}'\r\n`, `(${whole})`, `密钥是 ${whole}。`].map((text) => ({
      text,
      value,
    }));
  });
  const tail = example(tokens);
  const cut = head() + tail.slice(0, keyword.length + 3);
  const isGlued = !isNamed && (before !== undefined || /^[A-Za-z\d]/.test(keyword));
  return {
    positives,
    negatives: [
      keyword,
      `the ${keyword} of it`,
      ...(isWhole(cut, format) ? [] : [cut]),
      ...(isGlued ? [`${'a'.repeat(200)}${tail}`] : []),
      ...(before === undefined ? [] : [tail]),
    ],
  };
}
