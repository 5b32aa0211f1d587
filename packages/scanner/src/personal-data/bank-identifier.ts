import { ALPHANUMERIC, isAt, LETTER, runEnd, startsToken } from '../characters.ts';
import type { Rule } from '../rule.ts';
import { personalDataMappings } from '../rule.ts';

const code = /^[A-Z]{4}[A-Z]{2}[A-Z\d]{2}(?:[A-Z\d]{3})?$/;
// ISO 3166 codes of the countries in the SWIFT network, without the smallest.
const countries = new Set(
  (
    'AD AE AG AL AM AO AR AT AU AZ BA BB BD BE BF BG BH BI BJ BM BN BO BR BS BW BY BZ CA CD CG CH CI CL CM CN CO ' +
    'CR CU CY CZ DE DJ DK DM DO DZ EC EE EG ES ET FI FJ FR GA GB GE GG GH GI GM GN GR GT GY HK HN HR HT HU ID IE ' +
    'IL IM IN IQ IR IS IT JE JM JO JP KE KG KH KR KW KY KZ LA LB LI LK LR LS LT LU LV LY MA MC MD ME MG MK ML MM ' +
    'MN MO MR MT MU MV MW MX MY MZ NA NE NG NI NL NO NP NZ OM PA PE PG PH PK PL PS PT PY QA RO RS RU RW SA SC SD ' +
    'SE SG SI SK SL SM SN SO SR SV SY SZ TD TG TH TJ TM TN TR TT TW TZ UA UG US UY UZ VA VE VG VN XK YE ZA ZM ZW'
  ).split(' '),
);
const reach = 40;

/** SWIFT code or BIC (ISO 9362), only after a word that names it: eight capitals are a word elsewhere. */
export const bankIdentifier: Rule = {
  id: 'bank-identifier-code',
  category: 'pii',
  title: 'Bank identifier code (BIC)',
  patterns: [String.raw`(?i:swift|bic|bank identifier)[^\n]{0,40}?[A-Z]{6}[A-Z\d]{2}(?:[A-Z\d]{3})?`],
  severity: 'low',
  confidence: 'medium',
  keywords: ['swift', 'bic', 'bank identifier'],
  keywordAt: 0,
  maximumLength: 16 + reach + 11,
  match(text, start, keywordEnd) {
    if (!startsToken(text, start) || isAt(text, keywordEnd, LETTER)) return undefined;
    const limit = Math.min(text.length, keywordEnd + reach);
    for (let at = keywordEnd; at < limit && text.charCodeAt(at) !== 10; at++) {
      if (!isAt(text, at, LETTER) || isAt(text, at - 1, ALPHANUMERIC)) continue;
      const end = runEnd(text, at, ALPHANUMERIC, at + 12);
      const value = text.slice(at, end);
      if (code.test(value) && countries.has(value.slice(4, 6))) return { start: at, end };
    }
    return undefined;
  },
  remediation: {
    steps: ['Keep it beside an account only where a payment needs both.'],
    references: ['https://www.swift.com/standards/data-standards/bic-business-identifier-code'],
  },
  mappings: personalDataMappings,
};
