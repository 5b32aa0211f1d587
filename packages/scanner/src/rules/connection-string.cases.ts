import type { RuleCases } from '../testing/rule-cases.ts';
import { makeTokens } from '../testing/tokens.ts';

const tokens = makeTokens(13);
const password = tokens.body(14);
const raw = `${tokens.body(5)}#${tokens.body(3)}@)${tokens.body(3)}`;
const at = (scheme: string, rest: string, value = password) => `${scheme}://${rest.replace('*', value)}`;

export const cases: RuleCases = {
  positives: [
    at('postgres', 'app:*@db.internal:5432/app'),
    at('postgresql+psycopg2', 'app:*@10.0.0.3/app?sslmode=require'),
    at('mongodb+srv', 'app:*@cluster0.abcde.mongodb.net'),
    at('redis', ':*@cache.internal:6379/0'),
    at('amqp', 'app:*@[2001:db8::1]:5672'),
    at('https', 'app:*@registry.internal/path'),
    `DATABASE_URL="${at('mysql', 'root:*@db/app')}"`,
    `first\\n${at('ftp', 'app:*@files.internal')}\\n`,
    `(${at('jdbc:postgresql', 'app:*@db.internal')})`,
  ]
    .map((text) => ({ text, value: password }) as RuleCases['positives'][number])
    .concat([
      { text: at('postgres', 'app:*@db.internal/app', raw), value: raw },
      { text: at('postgres', 'app:*@localhost/app'), value: password, expected: { confidence: 'medium' } },
      { text: at('postgres', `${password}:*@db/app`), value: password, expected: { confidence: 'medium' } },
    ]),
  negatives: [
    'https://example.com:8080/path?a=b@c',
    'https://user@host.test/',
    'ssh://git@github.com:22/o/r.git',
    // What redaction leaves of an encoded one: its placeholder took the colon as well.
    'postgres://app%3[REDACTED:connection-string]@db.internal:5432/app',
    'postgres://app[REDACTED:generic-assignment]@db.internal/app',
    ...[
      'password',
      '<password>',
      `\${DB_PASSWORD}`,
      '{{ password }}',
      '$PASSWORD',
      '****',
      'xxxxxxxx',
      '%s',
      '[pass]',
    ].map((value) => at('postgres', 'app:*@db.internal/app', value)),
    at('postgres', 'app:@db.internal/app'),
    `see https://docs.test/a:b, then mail ${tokens.email()}`,
    '://a:b@',
    'a ://x:y@z',
  ],
};
