import type { RuleCases } from '../testing/rule-cases.ts';

const year = 1900 + 84;
const dates = [
  `${year}-07-15`,
  `15.07.${year}`,
  `7/15/${year}`,
  `July 15, ${year}`,
  `15 July ${year}`,
  '15/07/84',
];
const streets = [
  '221B Baker Street',
  '1600 Amphitheatre Pkwy',
  '12 Old Mill Rd',
  '350 5th Avenue',
  '9 N. Elm St',
];

/** Cases by rule id. */
export const cases: Readonly<Record<string, RuleCases>> = {
  'date-of-birth': {
    positives: [
      ...dates.map((value) => ({ text: `DOB: ${value}`, value, expected: { severity: 'medium' as const } })),
      ...dates.map((value) => ({ text: `She was born on ${value}, in Rome.`, value })),
      { text: `{"dateOfBirth":"${dates[0]}"}`, value: dates[0]! },
      { text: `geboren am ${dates[1]}`, value: dates[1]! },
    ],
    negatives: [
      ...dates,
      ...dates.map((value) => `updated ${value}`),
      `born in ${year}`,
      `DOB: ${year}-13-15`,
      `DOB: 31.02.${year}`,
      'born: 3.14.159',
      `DOB\n${dates[0]}`,
      `born ${'long '.repeat(12)} ${dates[0]}`,
      `stubborn on ${'Monday'}`,
    ],
  },
  'person-name': {
    positives: [
      { text: 'Name: Ada Lovelace', value: 'Ada Lovelace', expected: { confidence: 'low', severity: 'low' } },
      { text: 'my name is Grace Hopper.', value: 'Grace Hopper' },
      { text: '{"full_name": "Alan M. Turing"}', value: 'Alan M. Turing' },
      { text: 'patient_name = "Zoë Müller-Lüdenscheidt"', value: 'Zoë Müller-Lüdenscheidt' },
    ],
    negatives: [
      'Ada Lovelace',
      'name: Build Scripts',
      'Name: value',
      'my name is unknown',
      'filename: Some Thing',
      'full_name = getName()',
      'the name is Something',
    ],
  },
  'street-address': {
    positives: streets.map((value) => ({ text: `We live at ${value}, behind the mill.`, value })),
    negatives: [
      '12 monkeys on the street',
      'Baker Street',
      '3 Big Strategies',
      '42 Streets',
      'in 2024 The Drive-in closed',
      '123456 Baker Street',
    ],
  },
};
