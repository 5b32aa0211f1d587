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
    'costs $1, $2 or $5',
    `pbkdf2_sha256$600000$${tokens.body(22)}`,
  ],
};
