import type { RuleCases } from '../testing/rule-cases.ts';
import { everywhere } from '../testing/rule-cases.ts';
import { makeTokens } from '../testing/tokens.ts';

const tokens = makeTokens(15);
const address = tokens.email();
const international = tokens.email('münchen-büro.de');

const domain = tokens.email().split('@')[1]!;
const foreign = [
  `jürgen.müller@${domain}`,
  'пользователь@пример.рф',
  '用户@例子.广告',
  `"ada  lovelace"@${domain}`,
  'root@[192.0.2.1]',
  'root@[IPv6:2001:db8::1]',
];

export const cases: RuleCases = {
  positives: [
    ...everywhere(address).filter(({ text }) => !text.startsWith('https:')),
    ...[`mailto:${address}`, `<${address}>`, `${address},`, `to=${address};`].map((text) => ({
      text,
      value: address,
    })),
    { text: `write to ${international} today`, value: international },
    ...foreign.map((value) => ({ text: `an ${value} schreiben`, value })),
    // No blank parts the words of Chinese, and an address of ASCII ends where its letters do.
    { text: `邮箱是${address}。`, value: address },
    { text: `我的${address}是`, value: address },
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
    'user@[host]',
    '用户@例子',
    `"a\nb"@c`,
  ],
};
