import type { TestedRule } from '../custom-rules/module-rules.ts';
import { assignedValue, longestAssignment } from '../matchers/assignment.ts';
import { identifierAround, longestPart, wordsOf } from '../matchers/identifier.ts';
import { isPlaceholder, isStandInPhrase, isTemplate, isWeakWord } from '../matchers/placeholder.ts';
import { type Match, personalDataMappings, type Rule } from '../rule.ts';

/** What rule ids of regulated fields begin with. */
export const regulatedPrefix = 'regulated-';

/** Words of a field's name: `patientId`, `patient-id` and `patient id` are the same. */
export const fieldWords = (name: string): string[] => wordsOf(name.trim().replaceAll(' ', '_'));

export const regulatedRuleId = (name: string): string => regulatedPrefix + fieldWords(name).join('-');

/**
 * A rule for a field whose values the law guards: it finds where a value is written down for the name
 * (`patient_id: "…"`), and not where the name stands for a type, a column or a variable.
 */
export function regulatedFieldRule(name: string): Rule {
  const words = fieldWords(name);
  const glued = words.join('');
  return {
    id: regulatedRuleId(name),
    category: 'pii',
    title: `Value of the regulated field ${words.join('_')}`,
    // No built-in rule that finds the same value takes its place: it would not raise the posture.
    severity: 'high',
    confidence: 'high',
    raisesPosture: true,
    isOwn: true,
    keywords: [...new Set(['_', '-', ' ', ''].map((between) => words.join(between)))],
    maximumLength: 2 * longestPart + glued.length + longestAssignment,
    match(text, keywordStart, keywordEnd) {
      const name = identifierAround(text, keywordStart, keywordEnd);
      if (name === undefined) return undefined;
      const around = fieldWords(text.slice(name.start, name.end));
      const isField = around.some((_, from) => around.slice(from).join('') === glued);
      return isField ? recordAt(text, name.start, name.end) : undefined;
    },
    remediation: {
      steps: [
        'Replace the value by an invented one: real records belong into the system that guards them.',
        'Remove it from the text, its history and its backups.',
      ],
      references: [],
    },
    mappings: { ...personalDataMappings, hipaa: ['164.312(a)(1)', '164.312(e)(1)'] },
  };
}

function recordAt(text: string, nameStart: number, nameEnd: number): Match | undefined {
  const value = assignedValue(text, nameStart, nameEnd);
  if (value === undefined) return undefined;
  const written = text.slice(value.start, value.end);
  if (isPlaceholder(written) || isStandInPhrase(written) || isTemplate(written) || isWeakWord(written))
    return undefined;
  // Code names columns, types and variables in words; records have numbers, or several words.
  const isRecord = value.isQuoted ? /\d|\p{L}\p{M}*[ ,]+\p{L}/u.test(written) : isBareRecord(written);
  return isRecord ? { start: value.start, end: value.end } : undefined;
}

/** Without quotes a number of record, with a few letters before it. */
const isBareRecord = (written: string) => /^[A-Za-z]{0,4}-?\d[\dA-Za-z/.-]{2,63}$/.test(written);

/** With examples, as every rule of a project has them. */
export function regulatedField(name: string): TestedRule {
  const field = fieldWords(name).join('_');
  const examples = { match: [`${field}: "AB-${4071}-8213"`], noMatch: [`${field}: string`, `row.${field}`] };
  return { rule: regulatedFieldRule(name), examples };
}
