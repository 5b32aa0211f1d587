import type { RuleCases } from '../testing/rule-cases.ts';
import { makeTokens } from '../testing/tokens.ts';

const tokens = makeTokens(63);
const words = (count: number) =>
  Array.from({ length: count }, (_, i) => tokens.body(3 + (i % 5), 'abdefgiklmoprstu')).join(' ');
const twelve = words(12);
const long = words(24);

export const cases: RuleCases = {
  positives: [
    { text: `MNEMONIC="${twelve}"`, value: twelve },
    { text: `mnemonic: '${long}',`, value: long },
    { text: `{"seed_phrase": "${twelve}"}`, value: twelve },
    { text: `My seed phrase is ${twelve}.`, value: twelve },
    { text: `recovery phrase: ${twelve}\n`, value: twelve },
  ],
  negatives: [
    `mnemonic = "${words(11)}"`,
    `mnemonic = "${words(13)}"`,
    `text = "${twelve}"`,
    `mnemonic: '${'test '.repeat(11)}junk'`,
    'mnemonic: write the words down and keep them where nobody but you can find them',
    'mnemonic: write the list down and keep them near the old house door',
    'The seed phrase restores a wallet.',
    `mnemonic = "${twelve.toUpperCase()}"`,
    'mnemonics',
  ],
};
