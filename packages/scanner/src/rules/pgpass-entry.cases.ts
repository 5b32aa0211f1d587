import type { RuleCases } from '../testing/rule-cases.ts';
import { makeTokens } from '../testing/tokens.ts';

const tokens = makeTokens(37);
const value = tokens.password();

export const cases: RuleCases = {
  positives: [
    `db.internal:5432:app:me:${value}`,
    `# comment\n*:*:*:me:${value}\n`,
    `10.0.0.3:6432:*:me:${value}\r\nnext`,
  ].map((text) => ({ text, value })),
  negatives: [
    'db.internal:5432:app:me:<password>',
    'db.internal:5432:app:me:password',
    `db.internal:5432:app:me:\${PGPASSWORD}`,
    `see db.internal:5432:app:me:${value}`,
    `db.internal:5432:app:me:${value}:more`,
    `db.internal:5432:app:${value}`,
    'docker run -p 127.0.0.1:5432:5432 postgres',
    'db.internal:5432:app:me:20240131',
    'rule:*:*:*',
  ],
};
