import type { Severity } from '../finding.ts';
import type { Outcome, Posture } from './outcome.ts';

/** What a law or a standard asks of what is pushed. */
export interface Framework {
  readonly title: string;
  readonly posture: Posture;
  /** Names of fields whose values it guards. */
  readonly fields: readonly string[];
  readonly thresholds: readonly FrameworkThreshold[];
  /** The text that asks. */
  readonly source: string;
}

interface FrameworkThreshold {
  readonly severity?: Severity;
  readonly category?: 'secret' | 'pii';
  readonly rule?: string;
  readonly outcome: Outcome;
}

const everyPersonal: FrameworkThreshold = { category: 'pii', severity: 'low', outcome: 'warn' };

/** By the name that `compliance` in `.memhold/security.yaml` has for it. The table in docs/operations is made of it. */
export const frameworks = {
  hipaa: {
    title: 'HIPAA',
    posture: 'high',
    fields: [
      ...['patient_id', 'patient_name', 'medical_record', 'medical_record_number', 'health_plan_number'],
      ...['date_of_birth', 'admission_date', 'discharge_date', 'diagnosis'],
    ],
    thresholds: [everyPersonal],
    source: 'https://www.ecfr.gov/current/title-45/section-164.514',
  },
  'pci-dss': {
    title: 'PCI DSS 4',
    posture: 'high',
    fields: ['card_number', 'cardholder_name', 'primary_account_number', 'card_verification_code', 'cvv'],
    thresholds: [
      { rule: 'payment-card', outcome: 'veto' },
      { category: 'secret', severity: 'medium', outcome: 'veto' },
    ],
    source: 'https://www.pcisecuritystandards.org/document_library/',
  },
  soc2: {
    title: 'SOC 2',
    posture: 'medium',
    fields: [],
    thresholds: [{ category: 'secret', severity: 'medium', outcome: 'block' }, everyPersonal],
    source:
      'https://www.aicpa-cima.com/resources/download/2017-trust-services-criteria-with-revised-points-of-focus-2022',
  },
  owasp: {
    title: 'OWASP Top 10',
    posture: 'medium',
    fields: [],
    thresholds: [{ category: 'secret', severity: 'medium', outcome: 'block' }],
    source: 'https://owasp.org/Top10/A07_2021-Identification_and_Authentication_Failures/',
  },
  coppa: {
    title: 'COPPA',
    posture: 'high',
    fields: ['child_name', 'child_age', 'child_email', 'parent_email', 'guardian_name', 'date_of_birth'],
    thresholds: [everyPersonal],
    source: 'https://www.ecfr.gov/current/title-16/part-312',
  },
  ferpa: {
    title: 'FERPA',
    posture: 'high',
    fields: ['student_id', 'student_name', 'student_number', 'date_of_birth'],
    thresholds: [everyPersonal],
    source: 'https://www.ecfr.gov/current/title-34/part-99',
  },
  gdpr: {
    title: 'GDPR',
    posture: 'high',
    fields: ['date_of_birth', 'national_id', 'passport_number', 'health_insurance_number'],
    thresholds: [everyPersonal],
    source: 'https://eur-lex.europa.eu/eli/reg/2016/679/oj',
  },
  glba: {
    title: 'GLBA Safeguards Rule',
    posture: 'high',
    fields: ['account_number', 'routing_number', 'credit_score', 'annual_income'],
    thresholds: [{ category: 'secret', severity: 'medium', outcome: 'veto' }, everyPersonal],
    source: 'https://www.ecfr.gov/current/title-16/part-314',
  },
  fedramp: {
    title: 'FedRAMP',
    posture: 'high',
    fields: [],
    thresholds: [{ category: 'secret', severity: 'low', outcome: 'warn' }],
    source: 'https://www.fedramp.gov/documents-templates/',
  },
} as const satisfies Record<string, Framework>;

export type FrameworkName = keyof typeof frameworks;
export const frameworkNames = Object.keys(frameworks) as FrameworkName[];

/** The framework that a text names, however it is written: `PCI DSS`, `soc-2`; undefined where there is none. */
export function frameworkNamed(text: string): FrameworkName | undefined {
  const plain = (name: string) => name.toLowerCase().replace(/[^a-z\d]/g, '');
  return frameworkNames.find((name) => plain(name) === plain(text));
}
