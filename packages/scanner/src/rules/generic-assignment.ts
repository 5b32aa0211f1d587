import { isAt, isIn, SPACE, WORD } from '../characters.ts';
import type { AssignedValue } from '../matchers/assignment.ts';
import { assignedValue, longestAssignment } from '../matchers/assignment.ts';
import type { Assignment } from '../matchers/assignments/features.ts';
import { mayJoin } from '../matchers/assignments/operator.ts';
import { isTooShort, judgeAssignment } from '../matchers/assignments/score.ts';
import { valueAt } from '../matchers/assignments/value.ts';
import { identifierAround, longestPart, nounAt } from '../matchers/identifier.ts';
import type { Match, Rule } from '../rule.ts';
import { credentialMappings } from '../rule.ts';

/**
 * A secret by the name it is assigned to, where no provider's format tells. The last noun of the name decides
 * (`public_key`, `password_hash` and `monkey` are none), then a score over the shape of the value and its
 * surroundings. Likely ones are high, words and doubtful ones medium, UUIDs low.
 */
export const genericAssignment: Rule = {
  id: 'generic-assignment',
  category: 'secret',
  title: 'Hard-coded password or key',
  patterns: [
    String.raw`(?i:[\w-]{0,48}(?:pass|pwd|pswd|_pw|secret|token|key|credential|creds|_pat|_auth|authorization|identified)[\w-]{0,48})[\s\S]{0,32}?[^\s]{4,}`,
  ],
  severity: 'medium',
  confidence: 'low',
  isGeneric: true,
  keywords: [
    'pass',
    'pwd',
    'pswd',
    '_pw',
    'secret',
    'token',
    'key',
    'credential',
    'creds',
    '_pat=',
    '_pat"',
    "_pat'",
    '_pat:',
    '_pat ',
    '_auth',
    'authorization',
    'identified',
  ],
  maximumLength: longestPart + longestAssignment,
  match(text, keywordStart, keywordEnd) {
    const isSql = text[keywordStart] === 'i' || text[keywordStart] === 'I';
    const assignment = isSql
      ? identifiedBy(text, keywordStart)
      : assignmentAt(text, keywordStart, keywordEnd);
    if (assignment === undefined) return undefined;
    const { value } = assignment;
    const judgement = judgeAssignment(assignment);
    if (judgement === undefined) return undefined;
    const match: Match = { start: value.start, end: value.end, reasons: judgement.reasons };
    if (judgement.isUuid) return { ...match, severity: 'low' };
    if (judgement.likelihood === 'doubtful') return match;
    return { ...match, confidence: 'medium', ...(judgement.isWordy ? {} : { severity: 'high' }) };
  },
  remediation: {
    steps: [
      'Change the password or key where it is used.',
      'Read it from the environment or a secret store instead of writing it down.',
      'Remove the value from the text, its history and its backups.',
    ],
    references: ['https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html'],
  },
  mappings: { ...credentialMappings, cwe: ['CWE-798', 'CWE-259', 'CWE-312'] },
};

const sqlClause = /^identified(?:\s{1,4}with\s{1,4}\S{1,40})?\s{1,4}by\s{1,4}(?:password\s{1,4})?(?=['"])/i;

function assignmentAt(text: string, keywordStart: number, keywordEnd: number): Assignment | undefined {
  // What ends `_pat` keeps paths out of the keyword, and is no part of the name.
  const isPat = !isAt(text, keywordEnd - 1, WORD);
  const name = identifierAround(text, keywordStart, isPat ? keywordEnd - 1 : keywordEnd, mayJoin);
  if (name === undefined) return undefined;
  const value = assignedValue(text, name.start, name.end);
  if (value === undefined || isTooShort(value)) return undefined;
  const isSecret = value.isQuoted && /^secret$/i.test(text.slice(name.start, name.end));
  const isTyped = value.operator === 'equals' || (value.operator === 'colon' && isSecret);
  if (hasSpace(text, value.start, value.end) && !(isTyped && isPassphrase(text, value))) return undefined;
  const noun = nounAt(text, name);
  if (noun === undefined) return undefined;
  // What is called a secret and nothing else, people type as they type passwords; but short words are many things.
  if (!isSecret || value.end - value.start < 8 || value.operator === 'comma')
    return { text, name, noun, value };
  const operator = value.operator === 'compare' ? 'equals' : value.operator;
  return { text, name, noun: 'password', value: { ...value, operator } };
}

const phrase = /^[a-z]{2,12}(?: [a-z]{2,12}){1,4}$/;
const sentence =
  /\b(?:pass\w*|secrets?|tokens?|keys?|your|my|the|this|is|are|was|not|no|enter|for|of|to|from|in|on|with|user\w*|invalid|missing|required|must|and|or|an?|if|new|old)\b/;

/** Sentences and labels hold spaces too: a passphrase is words that make none. */
function isPassphrase(text: string, value: AssignedValue): boolean {
  const words = text.slice(value.start, value.end);
  return value.isQuoted && phrase.test(words) && !sentence.test(words);
}

function hasSpace(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (isIn(code, SPACE) || (code > 127 && /\s/.test(text[at]!))) return true;
  }
  return false;
}

/** `CREATE USER u IDENTIFIED BY 'v'`, `… IDENTIFIED WITH plugin BY 'v'` (MySQL, Oracle). */
function identifiedBy(text: string, start: number): Assignment | undefined {
  const clause = sqlClause.exec(text.slice(start, start + 80));
  if (clause === null) return undefined;
  const value = valueAt(text, start + clause[0].length);
  if (value === undefined || /\s/.test(text.slice(value.start, value.end))) return undefined;
  const name = { start, end: start + 'identified'.length };
  return { text, name, noun: 'password', value: { ...value, operator: 'word' } };
}
