import { base62Checksum, hasLuhnChecksum } from '../checksum.ts';

/*
 * Tokens of the right format that never existed. They are made when the tests run, because a literal one in
 * the repository would be a finding for every scanner, ours included.
 */
const digits = '0123456789';
const lower = 'abcdefghijklmnopqrstuvwxyz';
const upper = lower.toUpperCase();
const base62 = digits + upper + lower;
const base64 = `${base62}+/`;
const base64url = `${base62}-_`;

export type Random = () => number;

/** Mulberry32: small, seeded, good enough for test data. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Generators that share one seeded source. */
export function makeTokens(seed: number) {
  const random = seeded(seed);
  const pick = (alphabet: string) => alphabet[Math.floor(random() * alphabet.length)]!;
  const body = (length: number, alphabet = base62) => Array.from({ length }, () => pick(alphabet)).join('');
  const checksummed = () => {
    const head = body(30);
    return head + base62Checksum(head);
  };
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const pemBody = (length: number, newline: string) => {
    const lines = `MIIE${body(length, base64)}=`.match(/.{1,64}/g) ?? [];
    return lines.join(newline);
  };

  return {
    body,
    digits: (length: number) => body(length, digits),
    hex: (length: number) => body(length, '0123456789abcdef'),
    uuid: () => [8, 4, 4, 4, 12].map((length) => body(length, '0123456789abcdef')).join('-'),
    /** At least one letter and one digit, as password rules ask for. */
    password: () => `${pick(upper)}${body(6, lower)}${body(3, digits)}${pick('!%^*+')}`,
    awsAccessKey: (prefix = 'AKIA') => prefix + body(16, `${upper}234567`),
    awsSecretKey: () => `aB3${body(36, base64)}x`,
    github: (prefix = 'ghp') => `${prefix}_${checksummed()}`,
    githubFineGrained: () => `github_pat_${body(22)}_${body(59)}`,
    githubStateless: () =>
      `ghs_${body(6, digits)}_${part({ alg: 'RS256' })}.${part({ i: 1 })}${body(40)}.${body(90)}`,
    gitlab: (prefix = 'glpat-') => prefix + body(20, base64url).replace(/[-_]$/, 'a'),
    gitlabRoutable: () => `glpat-${body(27)}.01.${body(9, digits + lower)}`,
    npm: () => `npm_${checksummed()}`,
    slackBot: () => `xoxb-${body(12, digits)}-${body(12, digits)}-${body(24)}`,
    slackApp: () => `xapp-1-A${body(10, digits + upper)}-${body(13, digits)}-${body(64, '0123456789abcdef')}`,
    stripe: (prefix = 'sk_live_', length = 24) => prefix + body(length),
    google: () => `AIza${body(34, base64url)}x`,
    openai: () => `sk-proj-${body(74)}${'T3Blbk'}${'FJ'}${body(74)}`,
    openaiLegacy: () => `sk-${body(20)}${'T3Blbk'}${'FJ'}${body(20)}`,
    anthropic: () => `sk-ant-api03-${body(93, base64url)}AA`,
    jwt: (header: object = { alg: 'HS256', typ: 'JWT' }, payload: object = { sub: body(8) }) =>
      `${part(header)}.${part(payload)}.${body(43, base64url)}`,
    pem: (label = 'RSA PRIVATE KEY', newline = '\n', length = 800) =>
      [`-----BEGIN ${label}-----`, pemBody(length, newline), `-----END ${label}-----`].join(newline),
    card: (prefix: string, length: number) => {
      const head = prefix + body(length - prefix.length - 1, digits);
      return [...digits].map((last) => head + last).find(hasLuhnChecksum)!;
    },
    ssn: (separator = '-') =>
      [`${1 + Math.floor(random() * 5)}${body(2, '12345')}`, body(2, '123456789'), body(4, '123456789')].join(
        separator,
      ),
    email: (domain = 'mail.example.com') => `${body(5, lower)}.${body(6, lower)}@${domain}`,
  };
}

export type Tokens = ReturnType<typeof makeTokens>;
