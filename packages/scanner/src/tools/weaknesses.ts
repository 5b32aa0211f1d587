import type { Mappings } from '../rule.ts';
import type { ToolCategory } from './tool.ts';

/** Weaknesses by category of the OWASP Top 10 of 2021, from the lists that OWASP publishes with it. */
const owaspOf: Readonly<Record<string, readonly number[]>> = {
  'A01:2021': [
    22, 23, 35, 59, 200, 201, 219, 264, 275, 276, 284, 285, 352, 359, 377, 402, 425, 441, 497, 538,
  ].concat([540, 548, 552, 566, 601, 639, 651, 668, 706, 862, 863, 913, 922, 1275]),
  'A02:2021': [
    261, 296, 310, 319, 321, 322, 323, 324, 325, 326, 327, 328, 329, 330, 331, 335, 336, 337, 338,
  ].concat([340, 347, 523, 720, 757, 759, 760, 780, 818, 916]),
  'A03:2021': [
    20, 74, 75, 77, 78, 79, 80, 83, 87, 88, 89, 90, 91, 93, 94, 95, 96, 97, 98, 99, 100, 113, 116,
  ].concat([138, 184, 470, 471, 564, 610, 643, 644, 652, 917]),
  'A04:2021': [
    73, 183, 209, 213, 235, 256, 257, 266, 269, 280, 311, 312, 313, 316, 419, 430, 434, 444, 451, 472,
  ].concat([
    501, 522, 525, 539, 579, 598, 602, 642, 646, 650, 653, 656, 657, 799, 807, 840, 841, 927, 1021, 1173,
  ]),
  'A05:2021': [
    2, 11, 13, 15, 16, 260, 315, 520, 526, 537, 541, 547, 611, 614, 756, 776, 942, 1004, 1032, 1174,
  ],
  'A06:2021': [937, 1035, 1104],
  'A07:2021': [
    255, 259, 287, 288, 290, 294, 295, 297, 300, 302, 304, 306, 307, 346, 384, 521, 613, 620, 640, 798,
  ].concat([940, 1216]),
  'A08:2021': [345, 353, 426, 494, 502, 565, 784, 829, 830, 915],
  'A09:2021': [117, 223, 532, 778],
  'A10:2021': [918],
};
const categoriesOf = new Map<string, string[]>();
for (const [category, numbers] of Object.entries(owaspOf))
  for (const number of numbers) {
    const id = `CWE-${number}`;
    categoriesOf.set(id, [...(categoriesOf.get(id) ?? []), category]);
  }

/** Of one rule: no weakness is fifty. */
const mostWeaknesses = 50;

/** Weaknesses that mean a credential in the text: hard-coded passwords, keys and credentials. */
const credentials = new Set(['CWE-259', 'CWE-321', 'CWE-798', 'CWE-1392']);

/**
 * The mappings in whatever tools write: `CWE-78`, `cwe-078`, `external/cwe/cwe-78`, `CWE-78: Improper …`, 78, and
 * `A03:2021 - Injection`. Where a tool names no category of OWASP, it follows from the weakness.
 */
export function mappingsIn(texts: readonly (string | number)[]): Pick<Mappings, 'cwe' | 'owasp'> {
  const cwe = new Set<string>();
  const owasp = new Set<string>();
  for (const text of texts) {
    const weakness =
      typeof text === 'number' ? ['', String(text)] : /\bcwe[-_:/ ]?0*([1-9]\d{0,4})\b/i.exec(text);
    if (cwe.size < mostWeaknesses && weakness?.[1] !== undefined && Number(weakness[1]) > 0)
      cwe.add(`CWE-${Number(weakness[1])}`);
    const category = typeof text === 'string' ? /\bA(0[1-9]|10)[:-](20\d\d)\b/.exec(text) : undefined;
    if (category?.[1] !== undefined) owasp.add(`A${category[1]}:${category[2]}`);
  }
  if (owasp.size === 0)
    for (const one of cwe) for (const category of categoriesOf.get(one) ?? []) owasp.add(category);
  return { cwe: [...cwe].sort(), owasp: [...owasp].sort() };
}

/** Mappings of a dependency with a known vulnerability: OWASP's A06, besides those of the vulnerability. */
export function dependencyMappings(texts: readonly (string | number)[]): Pick<Mappings, 'cwe' | 'owasp'> {
  const { cwe, owasp } = mappingsIn([...texts, 'CWE-1395']);
  return { cwe, owasp: [...new Set([...owasp, 'A06:2021'])].sort() };
}

const categoryByEnding: readonly (readonly [RegExp, ToolCategory])[] = [
  [/^https?:/i, 'web'],
  [/(?:^|[/\\.])(?:docker|container)file(?:\.[^/\\]*)?$/i, 'dockerfile'],
  [/\.(?:py|pyi|pyw|ipynb)$/i, 'python'],
  [/\.(?:[cm]?[jt]sx?|vue|svelte)$/i, 'javascript'],
  [/\.(?:ya?ml|json|toml|tf|hcl|ini|cfg|conf|properties|xml)$/i, 'configuration'],
];

/** The category of a finding that a tool of many languages told, by its weaknesses and its file. */
export function categoryOf(file: string, cwe: readonly string[]): ToolCategory {
  if (cwe.some((one) => credentials.has(one))) return 'secret';
  return categoryByEnding.find(([ending]) => ending.test(file))?.[1] ?? 'code';
}
