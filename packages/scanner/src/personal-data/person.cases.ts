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
// In the languages that people speak to an assistant in, and in scripts that keywords cannot have.
const said = [
  ['Ich bin am', '12. März 1985', 'geboren.'],
  ['Mein Geburtstag ist der', '12.03.1985', ''],
  ['geb.', '12.03.1985', 'in Kiel'],
  ['Je suis née le', '3 août 1990', 'à Lyon'],
  ['Elle est né(e) le', '1er janvier 1984', ''],
  ['Nací el', '12 de marzo de 1985', 'en Jaén'],
  ['Mi cumpleaños es el', '12/03/1985', ''],
  ['Sono nato il', '12 luglio 1985', ''],
  ['Nasci em', '12 de dezembro de 1985', ''],
  ['Дата рождения:', '12.03.1985', ''],
  ['出生日期：', '1985-03-12', ''],
  ['生年月日は', '1985年3月12日', ''],
  ['생년월일', '1985.03.12', ''],
] as const;
const homes = [
  ['Ich wohne in der', 'Hauptstraße 12a', ', 80331 München'],
  ['Anschrift:', 'Alte Post-Str. 5', ', Kiel'],
  ['J’habite au', '12 bis rue de la Paix', ', 75002 Paris'],
  ['Vivo en la', 'calle Mayor 15', ', Madrid'],
  ['Abito in', 'Via Giuseppe Verdi 10', ', Milano'],
  ['Moro na', 'Rua Augusta 1500', '.'],
  ['Ik woon op de', 'Keizersgracht 123', ''],
  ['I live at', '221B Baker Street', '.'],
  ['Send it to', 'P.O. Box 1234', '.'],
  ['My address is', 'New Springfield, IL 62704', ''],
] as const;
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
      ...said.map(([before, value, after]) => ({ text: `${before} ${value} ${after}`, value })),
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
      'Donato 12.03.1985',
      'le 12 mars 1985',
      'nachher 12.03.1985',
      '版本 2024.03.12',
      `12. Maerz 1985 ${'und '.repeat(6)} geboren`,
    ],
  },
  'person-name': {
    positives: [
      { text: 'Name: Ada Lovelace', value: 'Ada Lovelace', expected: { confidence: 'low', severity: 'low' } },
      { text: 'my name is Grace Hopper.', value: 'Grace Hopper' },
      { text: 'Mi chiamo Rita Levi.', value: 'Rita Levi' },
      { text: 'First name: Wilhelmina', value: 'Wilhelmina' },
      { text: 'Nachname: Neumann', value: 'Neumann' },
      { text: 'then Mrs. Lovelace came', value: 'Lovelace' },
      { text: 'mrs. Lovelace came', value: 'Lovelace' },
      { text: 'Herr Alexander von Humboldt kam', value: 'Alexander von Humboldt' },
      { text: 'Dr J. R. Oppenheimer', value: 'J. R. Oppenheimer' },
      { text: 'Dear Ada Lovelace,\nthank you', value: 'Ada Lovelace' },
      { text: 'Kind regards,\nGrace Hopper\n', value: 'Grace Hopper' },
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
      'an MS Windows release',
      '12 ms. Relative to that',
      "first_name: 'Ada'",
      'SURNAME = NameOid.Surname',
      'First name: Required',
      'Hello World!',
      'Dear Customer Support,',
      'Dear Visa Officer,',
      'best regards, Team',
    ],
  },
  'street-address': {
    positives: [
      ...streets.map((value) => ({
        text: `Past ${value}, behind the mill.`,
        value,
        expected: { severity: 'low' } as const,
      })),
      ...homes.map(([before, value, after]) => ({
        text: `${before} ${value}${after}`,
        value,
        expected: { severity: 'medium', confidence: 'medium' } as const,
      })),
    ],
    negatives: [
      '12 monkeys on the street',
      'Baker Street',
      '3 Big Strategies',
      '42 Streets',
      'in 2024 The Drive-in closed',
      '123456 Baker Street',
      'String 5, Spring 2024, Decade 3',
      'via HTTP 2 and straße 5',
      'Hauptstraße 1.5',
      'see Section, IX 62704',
      'the box 12',
    ],
  },
  'written-email': {
    positives: [
      'ada at example dot org',
      'ada [at] mail [dot] example [dot] org',
      'ada.l(at)example.org',
      'ada (at) example.org',
    ].map((value) => ({
      text: `write to ${value}, or call`,
      value,
      expected: { severity: 'low', confidence: 'medium' },
    })),
    negatives: [
      'we met at noon dot',
      'look at example.org',
      'f(at)',
      '[at] example.org',
      'array[at] = 5.5',
      'x (at) 1.2',
    ],
  },
};
