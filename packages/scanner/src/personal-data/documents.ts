import { names } from './context.ts';
import type { IdentifierKind } from './identifier-kind.ts';

/** Numbers without a check digit that many countries write their own way: only beside words that name them. */
export const documents: readonly IdentifierKind[] = [
  {
    id: 'travel-document',
    title: 'Number in the form of a travel document',
    severity: 'high',
    source: 'https://www.icao.int/publications/pages/publication.aspx?docnum=9303',
    leads: [
      [1, 8],
      [2, 7],
      [3, 6],
    ],
    // Nine characters, as many as the machine-readable zone has for it.
    pattern: /[A-Z](?:\d{8}|[A-Z]\d{7}|[A-Z]{2}\d{6})/iy,
    longest: 9,
    names: names('travel document', 'document n', 'mrz'),
    unnamed: 'alone',
  },
  {
    id: 'passport-number',
    title: 'Passport or identity card number',
    severity: 'high',
    source: 'https://www.icao.int/publications/pages/publication.aspx?docnum=9303',
    keywords: ['passport', 'pasaporte', 'passaporto', 'passeport', 'reisepass', 'paspoort', 'ausweis'],
    // Last: the letters of Germany, which make no words.
    pattern:
      /[A-Z]{1,3}\d{6,8}|[A-Z]{0,2}\d{7,9}|\d{2}[A-Z]{2}\d{5}|[A-Z]\d{3}[A-Z]\d{4}|(?=[A-Z]+\d+[A-Z]*\d)[CF-HJ-NPRTV-Z][CF-HJ-NPRTV-Z\d]{8}/iy,
    longest: 11,
    names: names(
      'passports?(?!\\p{L})',
      'pas+aporto?',
      'passeport',
      'reisepass',
      'paspoort',
      '(?:personal)?ausweis',
    ),
  },
  {
    id: 'driving-licence',
    title: 'Driving licence number',
    severity: 'high',
    source: 'https://www.aamva.org/identity/anatomy-of-driver-s-license-id',
    keywords: ['license', 'licence', 'dl number', 'dl no', 'hrerschein', 'permis de conduire', 'patente'],
    pattern:
      /(?:[A-Z]{1,3}\d{5,14}[A-Z]?|\d{7,14}|\d{2}-\d{2}-\d{6}-\d{2}|[A-Z]\d{4}[- ]?\d{5}[- ]?\d{5}|[A-Z]{2}\d{2} ?\d{11})/iy,
    longest: 18,
    names: names(
      "driv(?:er|ing)['’]?s? licen[cs]e",
      'licen[cs]e (?:number|no|is|id)',
      'dl (?:number|no|#)',
      'führerschein',
      'permis de conduire',
      'patente',
    ),
  },
  {
    id: 'medical-record-number',
    title: 'Medical record number',
    severity: 'high',
    source: 'https://www.hhs.gov/hipaa/for-professionals/special-topics/de-identification/index.html',
    keywords: ['mrn', 'medical record', 'medical_record', 'patient id', 'patient_id', 'patient n', 'chart n'],
    pattern: /[A-Z]{0,3}-?\d{5,10}/iy,
    longest: 14,
    names: names('mrn(?!\\p{L})', 'medical record', 'patient (?:id|n)', 'chart n'),
  },
  {
    id: 'tax-identification',
    title: 'Tax identification number',
    severity: 'high',
    source: 'https://taxation-customs.ec.europa.eu/tax-identification-numbers-tin_en',
    keywords: ['tin:', 'tin=', 'tin #', 'tax id', 'tax_id', 'taxpayer'],
    pattern: /(?:\d{9,13}|\d{2}-\d{7}|\d{3}([- ])\d{3}\1\d{3}(?:\1\d{3,5})?)/y,
    longest: 18,
    names: names('tin ?[:#=]', 'tax id(?!\\p{L})', 'tax identification', 'taxpayer'),
  },
  {
    id: 'bank-account',
    title: 'Bank account number',
    severity: 'high',
    source: 'https://www.pcisecuritystandards.org/glossary/',
    keywords: [
      'bank account',
      'bank_account',
      'account n',
      'account_n',
      'acct',
      'kontonummer',
      'checking account',
      'savings account',
    ],
    pattern: /\d{8,17}/y,
    longest: 17,
    names: names(
      'bank account',
      'account (?:number|no(?!\\p{L})|#)',
      'acct',
      'kontonummer',
      'checking account',
      'savings account',
    ),
  },
];
