import { providerRules } from '../packages/scanner/src/providers/providers.ts';
import { rules } from '../packages/scanner/src/rules.ts';

/**
 * Texts that make a scanner work and hold next to nothing to find, each a unit that is repeated: keywords, values that
 * are nearly secrets, numbers that are nearly identifiers, walls of what could be encoded.
 */
export function hostileUnits(): Record<string, string> {
  const units: Record<string, string> = {
    'one long line': 'a ',
    'keywords without end': 'password token secret key ',
    'assignments of nothing': 'password = "" api_key: x; ',
    'assignments without value': 'password=\n',
    'assignments to variables': 'password = config.password;\n',
    'blocks of YAML without value': 'password: |\n  ',
    'names and types': 'password: string | undefined;\n',
    'nearly tokens': 'ghp_abcDEF123 sk_live_abc AKIA0000 eyJhbGciOi ',
    'nearly keys in PEM': '-----BEGIN RSA PRIVATE KEY-----\n',
    'nearly logins in URLs': 'https://user:@host/ ',
    'nearly headers': 'Authorization: Bearer x\n',
    'nearly addresses': 'a@a.',
    'columns of digits': '4012 8888 1881\n',
    'groups of nine digits': '777777777 ',
    'groups of eleven digits': '77777777777,',
    timestamps: '2024-01-02 12:34:56.789 ',
    UUIDs: '123e4567-e89b-12d3-a456-426614174000 ',
    'groups of hex': 'ab:',
    'a wall of base64': Buffer.from(Array.from({ length: 48 }, (_, i) => (i * 167) & 255)).toString('base64'),
    'a wall of base64 of text': Buffer.from('the quick brown fox jumps over it again, ').toString('base64'),
    'a wall of hex': '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    'percent escapes': '%41%3d',
    'unicode escapes': '\\u0041',
    'letters of one kind': 'A',
  };
  const own = rules.filter((rule) => !providerRules.includes(rule));
  const packs: Record<string, string[]> = {
    'keywords of our own rules': [...new Set(own.flatMap((rule) => rule.keywords))],
    'keywords of the providers': [...new Set(providerRules.flatMap((rule) => rule.keywords))],
  };
  for (const [name, keywords] of Object.entries(packs)) {
    units[`${name}, packed`] = keywords.join('');
    units[`${name}, in a line each`] = `${keywords.join('\n')}\n`;
    units[`${name}, assigned`] = keywords.map((keyword) => `${keyword}_key = "x"\n`).join('');
  }
  return units;
}
