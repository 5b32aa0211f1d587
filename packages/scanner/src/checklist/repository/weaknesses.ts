import type { ItemName } from '../items.ts';

/** A line of code that speaks against an item. */
export interface Weakness {
  readonly id: string;
  readonly item: ItemName;
  /** Endings of the names of files where it can stand, without the dot; or whole names. */
  readonly files: readonly string[];
  readonly pattern: RegExp;
  readonly what: string;
  /** Counts in every profile, not only where a profile is strict. */
  readonly isGrave: boolean;
}

const python = ['py'];
const script = ['js', 'mjs', 'cjs', 'ts', 'mts', 'cts', 'jsx', 'tsx'];
const shell = ['sh', 'bash', 'Dockerfile', 'yml', 'yaml', 'Makefile'];
const settings = ['ini', 'cfg', 'conf', 'toml', 'env', 'npmrc', 'yml', 'yaml', 'Dockerfile'];

/**
 * What a simple search of single lines looks for. It reads no code: it can miss what is written otherwise, and find what
 * does no harm. Each pattern is linear in the length of a line.
 */
export const weaknesses: readonly Weakness[] = [
  ...of('data_in_transit', 'certificates are not checked', true, [
    ['python-verify-off', python, /\bverify\s*=\s*False\b|_create_unverified_context|\bCERT_NONE\b/],
    [
      'node-verify-off',
      script,
      /\brejectUnauthorized['"]?\s*:\s*false\b|NODE_TLS_REJECT_UNAUTHORIZED\W{1,6}0\b/,
    ],
    ['go-verify-off', ['go'], /\bInsecureSkipVerify\s*:\s*true\b/],
    ['php-verify-off', ['php'], /\bCURLOPT_SSL_VERIFY(?:PEER|HOST)\b\s*(?:,|=>)\s*(?:false|0)\b/i],
    [
      'command-verify-off',
      shell,
      /\bcurl\b.{0,200}\s(?:-k|--insecure)\b|--no-check-certificate\b|\bsslVerify\W{1,3}false\b/,
    ],
    ['npm-verify-off', settings, /\bstrict-ssl\s*=\s*false\b/],
  ]),
  ...of('strong_algorithms', 'a weak cipher', true, [
    [
      'node-weak-cipher',
      script,
      /\bcreateCipher\(|\bcreateCipheriv\(\s*['"](?:des|rc4|rc2|bf|[\w-]{1,20}-ecb)\b/i,
    ],
    ['python-weak-cipher', python, /\b(?:DES3?|ARC4|Blowfish)\.new\(|\bMODE_ECB\b|\bmodes\.ECB\(/],
    ['go-weak-cipher', ['go'], /"crypto\/(?:des|rc4)"/],
    [
      'java-weak-cipher',
      ['java', 'kt', 'scala'],
      /\bgetInstance\(\s*"(?:DES|DESede|RC4|AES|[\w-]{1,20}\/ECB\b)/,
    ],
  ]),
  ...of('strong_algorithms', 'a weak hash', false, [
    ['node-weak-hash', script, /\bcreateHash\(\s*['"](?:md5|sha1)['"]/i],
    ['python-weak-hash', python, /\bhashlib\.(?:md5|sha1)\((?!.{0,200}usedforsecurity\s*=\s*False)/],
    ['go-weak-hash', ['go'], /"crypto\/(?:md5|sha1)"/],
    ['java-weak-hash', ['java', 'kt', 'scala'], /\bgetInstance\(\s*"(?:MD5|SHA-?1)"/i],
    ['php-weak-hash', ['php'], /\b(?:md5|sha1)\s*\(/],
  ]),
  ...of('session_security', 'a session cookie that scripts or others can read', true, [
    ['node-cookie', script, /\bhttpOnly['"]?\s*:\s*false\b/],
    ['python-cookie', python, /\b(?:SESSION|CSRF)_COOKIE_(?:SECURE|HTTPONLY)\s*=\s*False\b/],
    [
      'php-cookie',
      ['php', 'ini', 'htaccess'],
      /\bsession\.cookie_(?:secure|httponly)\b['"]?\s*(?:=|,)\s*['"]?(?:0|off)\b/i,
    ],
  ]),
  ...of('secure_defaults', 'debug mode', false, [
    ['python-debug', python, /^\s*DEBUG\s*=\s*True\b|\.run\(.{0,200}\bdebug\s*=\s*True\b/],
    [
      'environment-debug',
      [...settings, ...shell],
      /\bFLASK_DEBUG\W{1,3}(?:1|true)\b|\bNODE_ENV\W{1,3}development\b|\bDJANGO_DEBUG\W{1,3}(?:1|true)\b/i,
    ],
    ['php-debug', ['php', 'ini'], /\bdisplay_errors\b['"]?\s*(?:=|,)\s*['"]?(?:1|on)\b/i],
  ]),
  ...of('error_handling', 'the inside of an error is told to the caller', true, [
    ['node-stack', script, /\b(?:res|response|reply|ctx)\.(?:send|json|end|write|body).{0,120}\.stack\b/],
    ['python-stack', python, /\breturn\b.{0,120}\btraceback\.format_exc\(/],
    [
      'java-stack',
      ['java', 'kt', 'properties', 'yml', 'yaml'],
      /\binclude-stacktrace\s*[=:]\s*always\b|\.printStackTrace\(\s*(?:response|resp|out)\b/i,
    ],
  ]),
];

type Row = readonly [id: string, files: readonly string[], pattern: RegExp];

function of(item: ItemName, what: string, isGrave: boolean, rows: readonly Row[]): Weakness[] {
  return rows.map(([id, files, pattern]) => ({ id, item, files, pattern, what, isGrave }));
}

/** Where something weak beside these words is weak for sure. */
export const nearSecret = /passw|secret|token|credential|signature|session/i;

/** A secret that is read from where secrets belong. */
export const secretRead =
  /(?:\bprocess\.env\b|\bos\.environ\b|\bgetenv\b|\bGetenv\b|\bENV(?:\[|\.fetch)|\benv::var\b|\bSystem\.getenv\b).{0,60}(?:SECRET|PASSW|TOKEN|API_?KEY|CREDENTIAL|DATABASE_URL|PRIVATE_KEY)/i;

/** Folders and names of what is no part of a deployment. */
export const isTest = (path: string) =>
  /(?:^|\/)(?:tests?|__tests__|specs?|fixtures?|testdata|testing|examples?|bench(?:marks)?|docs?)\/|[._-](?:test|spec|cases|fixture)s?\.\w+$|(?:^|\/)(?:test_[^/]*|conftest)\.py$/i.test(
    path,
  );
