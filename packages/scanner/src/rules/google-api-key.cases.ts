import type { RuleCases } from '../testing/rule-cases.ts';
import { everywhere, masked } from '../testing/rule-cases.ts';
import { makeTokens } from '../testing/tokens.ts';

const tokens = makeTokens(8);
const key = tokens.google();

export const cases: RuleCases = {
  positives: [
    ...everywhere(key, { validated: true }),
    { text: `https://maps.googleapis.com/maps/api/js?key=${key}&callback=initMap`, value: key },
    masked(`AIza${'x'.repeat(35)}`),
  ],
  negatives: [
    key.slice(0, -1),
    `${key}Q`,
    `a${key}`,
    key.toLowerCase(),
    `AIza${'Sy'}YOUR_API_KEY_HERE_PLEASE_REPLACE_IT`,
    'AIza',
  ],
};
