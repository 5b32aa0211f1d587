import { letters, nonZero } from '../leads.ts';
import { hasMonthDay, isFiller, weightedSum } from './check-digits.ts';
import { names } from './context.ts';
import type { IdentifierKind } from './identifier-kind.ts';

/** ISO 7064 MOD 11-2 over seventeen digits; X stands for ten. */
function isChineseResident(value: string): boolean {
  const year = Number(value.slice(6, 10));
  const sum = weightedSum(value, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]);
  return year >= 1880 && year < 2100 && hasMonthDay(value, 10) && '10X98765432'[sum % 11] === value[17];
}

/** Letters count from 10 up; a blank before a single letter counts 36. */
function isHongKongCard(value: string): boolean {
  const padded = value.padStart(9, ' ');
  let sum = 0;
  for (let i = 0; i < 9; i++) {
    const character = padded[i]!;
    sum += (9 - i) * (character === ' ' ? 36 : Number.parseInt(character, 36));
  }
  return sum % 11 === 0;
}

/** Numbers of the districts A to Z, in the order in which the letters were given out. */
const taiwanDistricts = [
  10, 11, 12, 13, 14, 15, 16, 17, 34, 18, 19, 20, 21, 22, 35, 23, 24, 25, 26, 27, 28, 29, 32, 30, 31, 33,
];

function isTaiwanese(value: string): boolean {
  const district = taiwanDistricts[value.charCodeAt(0) - 65]!;
  const sum = Math.floor(district / 10) + (district % 10) * 9;
  return (sum + weightedSum(value.slice(1), [8, 7, 6, 5, 4, 3, 2, 1, 1])) % 10 === 0;
}

/** Identifiers of mainland China, Hong Kong, Taiwan and Japan. */
export const eastAsia: readonly IdentifierKind[] = [
  {
    id: 'cn-resident-id',
    title: 'Chinese resident identity number',
    severity: 'high',
    source: 'https://openstd.samr.gov.cn/bzgk/gb/newGbInfo?hcno=080D6FBF2BB468F9007657F26D60013E',
    leads: [
      [0, 18, { first: '12345678' }],
      [0, 17, { first: '12345678', next: 'Xx' }],
    ],
    pattern: /[1-8]\d{16}[\dX]/iy,
    longest: 18,
    isValid: isChineseResident,
    names: names('身份', '居民', 'resident id', 'chinese id', 'id card', 'shenfen'),
    unnamed: 'likely',
  },
  {
    id: 'cn-passport',
    title: 'Chinese passport number',
    severity: 'high',
    source: 'https://www.nia.gov.cn/',
    leads: [
      [1, 8, { first: 'EGDSPegdsp' }],
      [2, 7, { first: 'EDSPedsp' }],
    ],
    pattern: /[EGDSP][A-Z]?\d{7,8}/iy,
    longest: 9,
    names: names('护照', '護照', 'chinese passport'),
  },
  {
    id: 'hk-identity-card',
    title: 'Hong Kong identity card number',
    severity: 'high',
    source: 'https://www.immd.gov.hk/eng/services/hkid.html',
    leads: [
      [1, 6, { next: '(' }],
      [2, 6, { next: '(' }],
      [1, 7],
      [2, 7],
      [1, 6, { next: 'Aa' }],
    ],
    pattern: /[A-Z]{1,2}\d{6}(?:\([\dA]\)|[\dA])/iy,
    longest: 11,
    isValid: isHongKongCard,
    names: names('hkid', 'hong kong', '身份證', '香港'),
    unnamed: 'likely',
    plain: /^[^(]+$/,
    undivided: 'unreported',
  },
  {
    id: 'tw-national-id',
    title: 'Taiwanese national identity number',
    severity: 'high',
    source: 'https://www.ris.gov.tw/',
    leads: [[1, 9]],
    pattern: /[A-Z][1289]\d{8}/iy,
    longest: 10,
    isValid: isTaiwanese,
    names: names('身分證', '身份證', '統一編號', 'taiwan', 'roc id'),
  },
  {
    id: 'jp-my-number',
    title: 'Japanese individual number (My Number)',
    severity: 'high',
    source: 'https://www.digital.go.jp/en/policies/mynumber',
    leads: [
      [0, 12],
      [0, 4, { next: ' -', group: [4], behind: ' -' }],
    ],
    pattern: /\d{4}([ -]?)\d{4}\1\d{4}/y,
    longest: 14,
    isValid: (digits) => {
      const rest = weightedSum(digits, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
      return !isFiller(digits) && (rest <= 1 ? 0 : 11 - rest) === Number(digits[11]);
    },
    names: names('my number', 'マイナンバー', '個人番号', 'kojin bango', 'individual number'),
  },
  {
    id: 'jp-documents',
    title: 'Japanese passport, licence or residence card number',
    severity: 'high',
    source: 'https://www.isa.go.jp/en/applications/procedures/whatzairyu_00001.html',
    leads: [
      [2, 7],
      [2, 8, { next: letters }],
      [0, 12, { first: nonZero }],
    ],
    pattern: /[A-Z]{2}\d{8}[A-Z]{2}|[A-Z]{2}\d{7}|\d{12}/iy,
    longest: 12,
    names: names('パスポート', '旅券', '免許', '在留カード', 'residence card', 'zairyu', 'japanese passport'),
  },
];
