import { isPlaceholderPassword, isStandInPhrase, isTemplate } from '../matchers/placeholder.ts';
import type { Match, Rule } from '../rule.ts';
import { credentialMappings } from '../rule.ts';

const reach = 120;
const longestRest = 280;
const fields = /^([^\s:#]{1,64}):([^\s:]{1,64}):((?:\\[:\\]|[^\s:\\]){4,128})(?=[\r\n]|$)/;

/** `hostname:port:database:username:password`, a line of PostgreSQL's password file (manual, section 34.16). */
export const pgpassEntry: Rule = {
  id: 'pgpass-entry',
  category: 'secret',
  title: 'Password in a PostgreSQL password file',
  patterns: [
    String.raw`(?:\*|[A-Za-z\d._/-]{1,100}):(?:5432|5433|6432|\*):[^\s:#]{1,64}:[^\s:]{1,64}:(?:\\[:\\]|[^\s:\\]){4,128}`,
  ],
  severity: 'high',
  confidence: 'medium',
  keywords: [':5432:', ':5433:', ':6432:', ':*:'],
  maximumLength: reach + longestRest,
  match(text, keywordStart, keywordEnd): Match | undefined {
    const before = text.slice(Math.max(0, keywordStart - reach), keywordStart);
    if (!/(?:^|[\n\r])(?:\*|[A-Za-z\d._/-]{1,100})$/.test(before)) return undefined;
    const found = fields.exec(text.slice(keywordEnd, keywordEnd + longestRest));
    if (found === null) return undefined;
    const start = keywordEnd + found[1]!.length + found[2]!.length + 2;
    return { start, end: start + found[3]!.length };
  },
  validate: (value) =>
    isPlaceholderPassword(value) || isTemplate(value) || isStandInPhrase(value) || /^\d+$/.test(value)
      ? 'refuted'
      : 'plausible',
  remediation: {
    steps: [
      'Change the password of this role in the database.',
      'Keep `.pgpass` in the home folder with mode 0600, or use certificates or peer authentication.',
      'Remove the line from the text, its history and its backups.',
    ],
    references: ['https://www.postgresql.org/docs/current/libpq-pgpass.html'],
  },
  mappings: credentialMappings,
};
