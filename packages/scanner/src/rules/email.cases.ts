import type { RuleCases } from '../testing/rule-cases.ts';
import { everywhere } from '../testing/rule-cases.ts';
import { makeTokens } from '../testing/tokens.ts';

const tokens = makeTokens(15);
const address = tokens.email();
const international = tokens.email('münchen-büro.de');

export const cases: RuleCases = {
  positives: [
    ...everywhere(address).filter(({ text }) => !text.startsWith('https:')),
    ...[`mailto:${address}`, `<${address}>`, `${address},`, `to=${address};`].map((text) => ({
      text,
      value: address,
    })),
    { text: `write to ${international} today`, value: international },
    { text: `o'neill+a_b@mail.${'test'}`, value: `o'neill+a_b@mail.${'test'}` },
  ],
  negatives: [
    'git@github.com:owner/repository.git',
    'https://user@host.test/',
    `postgres://app:${tokens.body(9)}@db.internal.test/app`,
    'npm install package@1.2.3',
    'icon@2x.png and user@model.ts',
    '@scope/name and @decorator.method',
    'a@b',
    'a@b@c@d',
    'a.@b.com',
    'user@localhost',
  ],
};
