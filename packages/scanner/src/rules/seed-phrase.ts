import { runEnd, SPACE } from '../characters.ts';
import type { Rule, Verdict } from '../rule.ts';
import { credentialMappings } from '../rule.ts';

const longestGap = 24;
const longestPhrase = 24 * 9 + 8;
const phrase = /[a-z]{3,8}(?:[ ,]{1,2}[a-z]{3,8}){11,23}/y;
/** Numbers of words that BIP-39 knows. */
const wordCounts: ReadonlySet<number> = new Set([12, 15, 18, 21, 24]);
// Words of sentences that its list of 2,048 does not have.
const unlisted = /\b(?:the|and|with|from|your|into|then|for|are|was|has|not|its|our|their)\b/;

/**
 * The words that restore a wallet (BIP-39), after a name that says so. Everybody who reads them can take what it holds.
 */
export const seedPhrase: Rule = {
  id: 'seed-phrase',
  category: 'secret',
  title: 'Recovery words of a wallet',
  patterns: [
    '(?i:mnemonic|(?:seed|recovery)[ _]?(?:phrase|words))[^a-z]{0,24}(?:is +)?[a-z]{3,8}(?:[ ,]{1,2}[a-z]{3,8}){11,23}',
  ],
  severity: 'critical',
  confidence: 'medium',
  keywords: [
    'mnemonic',
    'seed phrase',
    'seed_phrase',
    'seedphrase',
    'recovery phrase',
    'recovery_phrase',
    'seed words',
  ],
  maximumLength: 16 + longestGap + longestPhrase,
  match(text, _start, keywordEnd) {
    const limit = keywordEnd + longestGap;
    let at = keywordEnd;
    // The joint: signs, and `is`.
    while (at < limit && !/[a-z]/.test(text[at] ?? 'a')) at++;
    if (text.startsWith('is', at)) at = runEnd(text, at + 2, SPACE, at + 6);
    phrase.lastIndex = at;
    const found = at === keywordEnd ? null : phrase.exec(text);
    return found === null ? undefined : { start: at, end: at + found[0].length };
  },
  validate(value): Verdict {
    const words = value.split(/[ ,]+/);
    if (!wordCounts.has(words.length) || unlisted.test(value)) return 'refuted';
    // Test wallets repeat one word.
    return new Set(words).size < words.length - 2 ? 'refuted' : 'plausible';
  },
  remediation: {
    steps: [
      'Move everything that the wallet holds to a new one now.',
      'Keep its words offline, never in a text.',
      'Remove the words from the text, its history and its backups.',
    ],
    references: ['https://github.com/bitcoin/bips/blob/master/bip-0039.mediawiki'],
  },
  mappings: credentialMappings,
};
