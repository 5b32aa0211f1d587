import type { RuleCases } from '../testing/rule-cases.ts';
import { makeTokens } from '../testing/tokens.ts';

const tokens = makeTokens(36);
const hashes = [
  `$2b$12$${tokens.body(53)}`,
  `$2y$05$${tokens.body(53)}`,
  `$1$${tokens.body(8)}$${tokens.body(22)}`,
  `$apr1$${tokens.body(8)}$${tokens.body(22)}`,
  `$5$rounds=5000$${tokens.body(16)}$${tokens.body(43)}`,
  `$6$${tokens.body(16)}$${tokens.body(86)}`,
  `$y$j9T$${tokens.body(22)}$${tokens.body(43)}`,
  `$argon2id$v=19$m=65536,t=3,p=4$${tokens.body(22)}$${tokens.body(43)}`,
  `{SSHA}${tokens.body(38)}==`,
  `pbkdf2_sha256$600000$${tokens.body(22)}$${tokens.body(43)}=`,
  `pbkdf2:sha256:600000$${tokens.body(16)}$${tokens.hex(64)}`,
  `$8$${tokens.body(14)}$${tokens.body(43)}`,
  `$9$${tokens.body(14)}$${tokens.body(43)}`,
  `$P$${tokens.body(31)}`,
  `$S$${tokens.body(52)}`,
  `$pbkdf2-sha256$29000$${tokens.body(22)}$${tokens.body(43)}`,
  `$krb5asrep$23$me@HOST.TEST:${tokens.hex(32)}$${tokens.hex(600)}`,
  `$krb5asrep$23$${tokens.hex(32)}$${tokens.hex(400)}`,
  `$krb5tgs$23$*me$HOST.TEST$http/web*$${tokens.hex(32)}$${tokens.hex(600)}`,
  `scrypt:32768:8:1$${tokens.body(16)}$${tokens.hex(128)}`,
  `SCRAM-SHA-256$4096:${tokens.body(22)}==$${tokens.body(43)}=:${tokens.body(43)}=`,
  `grub.pbkdf2.sha512.10000.${tokens.hex(128).toUpperCase()}.${tokens.hex(128).toUpperCase()}`,
];

export const cases: RuleCases = {
  positives: hashes.flatMap((value) =>
    [
      value,
      `me:${value}`,
      `me:${value}:19000:0:99999:7:::`,
      `"password": "${value}",`,
      `hash = '${value}'`,
    ].map((text) => ({ text, value, expected: { severity: 'low' as const, confidence: 'medium' as const } })),
  ),
  negatives: [
    `$2b$12$${tokens.body(52)}`,
    `$2b$12$${tokens.body(54)}`,
    `$2b$1$${tokens.body(53)}`,
    `$1$${tokens.body(9)}$${tokens.body(22)}`,
    `$6$${tokens.body(16)}$${tokens.body(85)}`,
    `$argon2id$v=19$m=65536$${tokens.body(22)}$${tokens.body(43)}`,
    `{SSHA}${tokens.body(12)}`,
    'echo "$1$2$6$5" and replace with $1$2',
    `$8$${tokens.body(13)}$${tokens.body(43)}`,
    `$P$${tokens.body(30)}`,
    `$krb5asrep$23$me@HOST.TEST`,
    `scrypt:32768:8:1$${tokens.body(16)}`,
    'costs $1, $2 or $5',
    `pbkdf2_sha256$600000$${tokens.body(22)}`,
  ],
};
