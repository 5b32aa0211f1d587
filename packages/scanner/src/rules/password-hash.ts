import type { Match, Rule } from '../rule.ts';
import { credentialMappings } from '../rule.ts';

const longest = 320;
// crypt(5); the PHC string format of Argon2; RFC 2307 schemes; the formats of Django and Werkzeug.
const formats: readonly RegExp[] = [
  /\$2[abxy]?\$\d\d\$[./A-Za-z\d]{53}(?![./A-Za-z\d$])/y,
  /\$(?:1|apr1)\$[./A-Za-z\d]{1,8}\$[./A-Za-z\d]{22}(?![./A-Za-z\d$])/y,
  /\$5\$(?:rounds=\d{1,9}\$)?[./A-Za-z\d]{1,16}\$[./A-Za-z\d]{43}(?![./A-Za-z\d$])/y,
  /\$6\$(?:rounds=\d{1,9}\$)?[./A-Za-z\d]{1,16}\$[./A-Za-z\d]{86}(?![./A-Za-z\d$])/y,
  /\$y\$[./A-Za-z\d]{3,12}\$[./A-Za-z\d]{4,86}\$[./A-Za-z\d]{43}(?![./A-Za-z\d$])/y,
  /\$argon2(?:id|i|d)\$v=\d{1,3}\$m=\d{1,9},t=\d{1,6},p=\d{1,4}\$[+/A-Za-z\d]{11,64}\$[+/A-Za-z\d]{22,86}(?![+/A-Za-z\d$])/y,
  /\{S?SHA(?:256|512)?\}[+/A-Za-z\d]{27,120}={0,2}(?![+/A-Za-z\d=])/y,
  /pbkdf2_sha(?:1|256|512)\$\d{3,8}\$[A-Za-z\d]{8,64}\$[+/A-Za-z\d]{27,88}={0,2}(?![+/A-Za-z\d=])/y,
  /pbkdf2:sha(?:1|256|512):\d{3,8}\$[A-Za-z\d]{8,64}\$[\da-f]{40,128}(?![\da-f])/y,
];

/** Hash of a password, as in `/etc/shadow`, `.htpasswd` and tables of users: opens nothing, but can be guessed from. */
export const passwordHash: Rule = {
  id: 'password-hash',
  category: 'secret',
  title: 'Hash of a password',
  severity: 'low',
  confidence: 'medium',
  keywords: [
    '$2$',
    '$2a$',
    '$2b$',
    '$2x$',
    '$2y$',
    '$1$',
    '$apr1$',
    '$5$',
    '$6$',
    '$y$',
    '$argon2',
    '{sha',
    '{ssha',
    'pbkdf2_sha',
    'pbkdf2:sha',
  ],
  maximumLength: longest,
  match(text, start): Match | undefined {
    for (const format of formats) {
      format.lastIndex = start;
      const found = format.exec(text);
      if (found !== null) return { start, end: start + found[0].length };
    }
    return undefined;
  },
  remediation: {
    steps: [
      'Have the passwords behind published hashes changed, the weak ones first.',
      'Keep tables of users and password files out of repositories and memories.',
    ],
    references: ['https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html'],
  },
  mappings: { ...credentialMappings, cwe: ['CWE-538', 'CWE-312'] },
};
