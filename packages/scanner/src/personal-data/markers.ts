import { ALPHANUMERIC, isAt } from '../characters.ts';
import { sourceOf } from '../pattern-text.ts';
import type { Mappings, Rule } from '../rule.ts';
import { personalDataMappings } from '../rule.ts';

/** Words of a field that the law guards. One alone says nothing; two different ones near each other do. */
interface Marker {
  readonly id: string;
  readonly title: string;
  readonly terms: readonly string[];
  readonly references: readonly string[];
  readonly mappings: Mappings;
}

const reach = 240;

const markerList: readonly Marker[] = [
  {
    id: 'marker-health',
    title: 'Words of health data',
    terms: [
      ...[
        'hipaa',
        'protected health information',
        'medical record',
        'patient id',
        'patient_id',
        'patientid',
        'patient name',
      ],
      ...[
        'icd-10',
        'icd10',
        'diagnosis code',
        'diagnosed with',
        'prescription',
        'medication list',
        'health insurance',
      ],
      ...[
        'lab results',
        'blood type',
        'discharge summary',
        'hl7',
        'fhir',
        'electronic health record',
        'clinical notes',
      ],
    ],
    references: ['https://www.hhs.gov/hipaa/for-professionals/privacy/laws-regulations/index.html'],
    mappings: { ...personalDataMappings, hipaa: ['164.312(a)(1)', '164.312(e)(1)'] },
  },
  {
    id: 'marker-children',
    title: 'Words of children’s data',
    terms: [
      ...[
        'coppa',
        'ferpa',
        'parental consent',
        'parental_consent',
        'guardian name',
        'guardian_name',
        'student id',
      ],
      ...[
        'student_id',
        'student record',
        'child account',
        'child_account',
        'age of the child',
        'minor child',
        'under 13',
      ],
      ...['under_13', 'is_minor', 'pupil', 'legal guardian', 'school enrolment', 'school enrollment'],
    ],
    references: [
      'https://www.ftc.gov/legal-library/browse/rules/childrens-online-privacy-protection-rule-coppa',
    ],
    mappings: personalDataMappings,
  },
  {
    id: 'marker-financial',
    title: 'Words of financial data',
    terms: [
      ...[
        'pci dss',
        'pci-dss',
        'cardholder data',
        'cardholder_name',
        'card_number',
        'cardnumber',
        'cvv',
        'card verification',
      ],
      ...[
        'primary account number',
        'account_number',
        'routing_number',
        'routing number',
        'glba',
        'sarbanes-oxley',
      ],
      ...[
        'credit score',
        'credit_score',
        'tax return',
        'gross income',
        'annual_income',
        'beneficial owner',
        'kyc',
      ],
    ],
    references: ['https://www.pcisecuritystandards.org/document_library/'],
    mappings: { ...personalDataMappings, pciDss: ['3.2.1'] },
  },
  {
    id: 'marker-government',
    title: 'Words of government data',
    terms: [
      ...[
        'fedramp',
        'fisma',
        'controlled unclassified information',
        'noforn',
        'top secret//',
        'secret//',
        'itar',
        'cjis',
      ],
      ...[
        'security clearance',
        'security_clearance',
        'classified information',
        'for official use only',
        'export controlled',
      ],
      ...[
        'export-controlled',
        'law enforcement sensitive',
        'criminal justice information',
        'nist 800-171',
        'cmmc',
      ],
    ],
    references: ['https://www.archives.gov/cui'],
    mappings: personalDataMappings,
  },
];

/** One finding a cluster: its first term, when another follows within 240 code units and none came before. */
export const markers: readonly Rule[] = markerList.map(markerRule);

function markerRule({ id, title, terms, references, mappings }: Marker): Rule {
  const ordered = [...terms].sort((a, b) => b.length - a.length);
  const source = ordered.map((term) => term.replace(/[/]/g, '\\/')).join('|');
  const anyTerm = new RegExp(`(?<![a-z0-9])(?:${source})(?![a-z])`, 'i');
  function isFollowedByOther(text: string, start: number, end: number): boolean {
    const first = text.slice(start, end).toLowerCase();
    let rest = text.slice(end, end + reach);
    for (let found = anyTerm.exec(rest); found !== null; found = anyTerm.exec(rest)) {
      if (found[0].toLowerCase() !== first) return true;
      rest = rest.slice(found.index + found[0].length);
    }
    return false;
  }

  return {
    id,
    category: 'pii',
    title,
    patterns: [sourceOf(anyTerm)],
    severity: 'low',
    confidence: 'low',
    raisesPosture: true,
    keywords: terms,
    keywordAt: 0,
    maximumLength: reach + 48,
    match(text, start, end) {
      if (isAt(text, start - 1, ALPHANUMERIC)) return undefined;
      if (/[a-z]/i.test(text[end] ?? ' ')) return undefined;
      if (anyTerm.test(text.slice(Math.max(0, start - reach), start))) return undefined;
      return isFollowedByOther(text, start, end) ? { start, end } : undefined;
    },
    remediation: {
      steps: [
        'Check which rules the data falls under, and set the posture of the project to high.',
        'Keep real records out of source code, tests and memories; use invented ones.',
      ],
      references,
    },
    mappings,
  };
}
