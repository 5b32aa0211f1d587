import { describe, expect, it } from 'vitest';
import { createScanner } from '../scan.ts';
import { isLinear } from '../testing/linear-cost.ts';
import { regulatedField, regulatedFieldRule } from './regulated-fields.ts';

const rule = regulatedFieldRule('patient_id');
const scan = createScanner([rule]);
const found = (text: string) => scan(text).map(({ start, end }) => text.slice(start, end));

describe('the value of a regulated field', () => {
  it.each([
    ['patient_id: "AB-48213377"', 'AB-48213377'],
    ["const patientId = '48213377';", '48213377'],
    ['{"patient-id": 48213377}', '48213377'],
    ['PATIENT_ID=48213377', '48213377'],
    ['primaryPatientId: "AB-48213377"', 'AB-48213377'],
    ['patient_id: "Doe, Jane"', 'Doe, Jane'],
    ['patient id: "48213377"', '48213377'],
    ["WHERE patient_id = '48213377'", '48213377'],
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
    'the patient_id of the record is 48213377',
    'inpatient_id: "AB-48213377"',
    'patient_idea: "AB-48213377"',
    'patient_id_column: "AB-48213377"',
    'patient_id:',
  ])('is not %s', (text) => {
    expect(found(text)).toEqual([]);
  });

  it('is of medium severity, and has no value in what is reported', () => {
    const [one] = scan('patient_id: "AB-48213377"');
    expect(one).toMatchObject({ ruleId: 'regulated-patient-id', category: 'pii', severity: 'medium' });
    expect(JSON.stringify(one)).not.toContain('48213377');
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
