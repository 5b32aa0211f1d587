import type { Match, Rule } from '../rule.ts';
import { credentialMappings } from '../rule.ts';

const longest = 2400;
// crypt(5); the PHC string format of Argon2; RFC 2307 schemes; the formats of Django, Werkzeug, passlib, phpass,
// Drupal, GRUB and PostgreSQL (SCRAM); Cisco IOS types 8 and 9; Kerberos answers as hashcat's wiki lists them.
const formats: readonly RegExp[] = [
  /\$2[abxy]?\$\d\d\$[./A-Za-z\d]{53}(?![./A-Za-z\d$])/y,
  /\$(?:1|apr1)\$[./A-Za-z\d]{1,8}\$[./A-Za-z\d]{22}(?![./A-Za-z\d$])/y,
  /\$5\$(?:rounds=\d{1,9}\$)?[./A-Za-z\d]{1,16}\$[./A-Za-z\d]{43}(?![./A-Za-z\d$])/y,
  /\$6\$(?:rounds=\d{1,9}\$)?[./A-Za-z\d]{1,16}\$[./A-Za-z\d]{86}(?![./A-Za-z\d$])/y,
  /\$y\$[./A-Za-z\d]{3,12}\$[./A-Za-z\d]{4,86}\$[./A-Za-z\d]{43}(?![./A-Za-z\d$])/y,
  /\$argon2(?:id|i|d)\$v=\d{1,3}\$m=\d{1,9},t=\d{1,6},p=\d{1,4}\$[+/A-Za-z\d]{11,64}\$[+/A-Za-z\d]{22,86}(?![+/A-Za-z\d$])/y,
  /\{S?SHA(?:256|512)?\}[+/A-Za-z\d]{27,120}={0,2}(?![+/A-Za-z\d=])/y,
  /pbkdf2_sha(?:1|256|512)\$\d{3,8}\$[A-Za-z\d]{8,64}\$[+/A-Za-z\d]{27,88}={0,2}(?![+/A-Za-z\d=])/y,
  /\$[89]\$[./A-Za-z\d]{14}\$[./A-Za-z\d]{43}(?![./A-Za-z\d$])/y,
  /\$[PH]\$[./A-Za-z\d]{31}(?![./A-Za-z\d$])/y,
  /\$S\$[./A-Za-z\d]{52}(?![./A-Za-z\d$])/y,
  /\$pbkdf2(?:-sha(?:256|512))?\$\d{3,8}\$[./A-Za-z\d]{11,64}\$[./A-Za-z\d]{27,86}(?![./A-Za-z\d$])/y,
  /\$krb5(?:asrep|tgs|pa)\$\d\d\$[^\s'"]{0,200}?[\da-f]{24,32}\$[\da-f]{32,2048}(?![\da-f])/iy,
  /scrypt:\d{4,8}:\d{1,3}:\d{1,3}\$[A-Za-z\d]{8,32}\$[\da-f]{128}(?![\da-f])/y,
  /SCRAM-SHA-256\$\d{4,7}:[+/A-Za-z\d=]{16,32}\$[+/A-Za-z\d]{43}=:[+/A-Za-z\d]{43}=/y,
  /grub\.pbkdf2\.sha512\.\d{4,7}\.[\dA-F]{64,128}\.[\dA-F]{128}(?![\dA-F])/y,
  /pbkdf2:sha(?:1|256|512):\d{3,8}\$[A-Za-z\d]{8,64}\$[\da-f]{40,128}(?![\da-f])/y,
];

/** Hash of a password, as in `/etc/shadow`, `.htpasswd` and tables of users: opens nothing, but can be guessed from. */
export const passwordHash: Rule = {
  id: 'password-hash',
  category: 'secret',
  title: 'Hash of a password',
  patterns: [
    String.raw`(?i:\$(?:2[abxy]?|1|apr1|[5689]|y|[phs]|argon2(?:id|i|d)|pbkdf2(?:-sha\d{3})?|krb5(?:asrep|tgs|pa))\$[^\s]{20,}|\{S?SHA(?:256|512)?\}[+/A-Z\d]{27,120}={0,2}|(?:pbkdf2[_:]sha|grub\.pbkdf2|scrypt:|scram-sha-256\$)[^\s]{40,})`,
  ],
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
    '$8$',
    '$9$',
    '$p$',
    '$h$',
    '$s$',
    '$pbkdf2',
    '$krb5',
    'scrypt:',
    'scram-sha-256$',
    'grub.pbkdf2',
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
