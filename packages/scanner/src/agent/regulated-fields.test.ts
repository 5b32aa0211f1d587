import { describe, expect, it } from 'vitest';
import { rules } from '../rules.ts';
import { createScanner } from '../scan.ts';
import { isLinear } from '../testing/linear-cost.ts';
import { regulatedField, regulatedFieldRule } from './regulated-fields.ts';

/** Put together, so that no rule finds it here. */
const record = ['4821', '3377'].join('');
const rule = regulatedFieldRule('patient_id');
const scan = createScanner([rule]);
const found = (text: string) => scan(text).map(({ start, end }) => text.slice(start, end));

describe('the value of a regulated field', () => {
  it.each([
    [`patient_id: "AB-${record}"`, `AB-${record}`],
    [`const patientId = '${record}';`, record],
    [`{"patient-id": ${record}}`, record],
    [`PATIENT_ID=${record}`, record],
    [`primaryPatientId: "AB-${record}"`, `AB-${record}`],
    ['patient_id: "Doe, Jane"', 'Doe, Jane'],
    [`patient id: "${record}"`, record],
    [`WHERE patient_id = '${record}'`, record],
  ])('is found in %s', (text, value) => {
    expect(found(text)).toEqual([value]);
  });

  it.each([
    'patient_id: string',
    'patient_id = request.args["patient_id"]',
    'const patientId = row.patient_id;',
    'patient_id: "<id>"',
    `patient_id: "\${PATIENT_ID}"`,
    'patient_id: "uuid"',
    'patient_id INTEGER PRIMARY KEY',
    `the patient_id of the record is ${record}`,
    `inpatient_id: "AB-${record}"`,
    `patient_idea: "AB-${record}"`,
    `patient_id_column: "AB-${record}"`,
    'patient_id:',
  ])('is not %s', (text) => {
    expect(found(text)).toEqual([]);
  });

  it('is sure and of high severity, so that no built-in rule takes its place, and has no value in what is reported', () => {
    const [one] = scan(`patient_id: "AB-${record}"`);
    expect(one).toMatchObject({ ruleId: 'regulated-patient-id', category: 'pii', severity: 'high' });
    const beside = createScanner([rule, ...rules]);
    expect(beside(`patient_id: "${record}"`).map(({ ruleId }) => ruleId)).toEqual(['regulated-patient-id']);
    expect(JSON.stringify(one)).not.toContain(record);
  });

  it.each(['patient_id', 'patient_id=', 'patient_id: "', 'patient_id_'])(
    'costs time by the length of %s',
    (unit) => {
      expect(isLinear(scan, unit, 16_000)).toBe(true);
    },
  );

  it.each(['patient_id', 'medical record', 'mrn', 'cardVerificationCode'])(
    '%s holds its own examples',
    (name) => {
      const { rule: own, examples } = regulatedField(name);
      const scanner = createScanner([own]);
      expect(examples.match.every((text) => scanner(text).length === 1)).toBe(true);
      expect(examples.noMatch.every((text) => scanner(text).length === 0)).toBe(true);
    },
  );
});
