import { describe, expect, it } from 'vitest';
import { makeTokens } from '../../testing/tokens.ts';
import { assignedValue } from '../assignment.ts';
import { identifierAround, nounOf, wordsAt } from '../identifier.ts';
import { isTooShort, judgeAssignment } from './score.ts';
import { weights } from './weights.ts';

const tokens = makeTokens(42);
const key = tokens.body(32);

/** Judges the assignment to the name that begins the text. */
function judge(text: string) {
  const name = identifierAround(text, 0, 1)!;
  const value = assignedValue(text, name.start, name.end)!;
  return judgeAssignment({ text, name, noun: nounOf(wordsAt(text, name))!, value });
}

describe('the judgement of an assignment', () => {
  it('grades: random values are likely, words are wordy, words of examples doubtful', () => {
    expect(judge(`api_key = "${key}"`)).toMatchObject({ likelihood: 'likely', isWordy: false });
    expect(judge('password = "porkchop"')).toMatchObject({ likelihood: 'likely', isWordy: true });
    expect(judge('password = "mypassword"')).toMatchObject({ likelihood: 'doubtful' });
  });

  it('takes a UUID for doubtful wherever it stands', () => {
    const uuid = [8, 4, 4, 4, 12].map((length) => tokens.hex(length)).join('-');
    for (const name of ['secret', 'token', 'password']) {
      expect(judge(`${name} = "${uuid}"`)).toMatchObject({ likelihood: 'doubtful', isUuid: true });
    }
  });

  it.each([
    `api_key = "\${${key}}"`,
    `api_key = "<${key}>"`,
    `api_key = "your-${key}"`,
    `api_key = settings.a${key}`,
    `api_key = "/run/secrets/${key}"`,
    'password = password',
    'password: string',
    'token = element',
    'password = true',
    'password = "Enter"+value',
    `password = "$2b$12$${tokens.body(53)}"`,
  ])('refuses %s', (text) => {
    expect(judge(text)).toBeUndefined();
  });

  it('gives features as reasons, the strongest first, and never the value', () => {
    const { reasons } = judge(`API_KEY=${key}`)!;
    expect(reasons.length).toBeGreaterThan(1);
    expect(reasons.length).toBeLessThanOrEqual(5);
    const given = reasons.map((reason) => weights[reason]!);
    expect(given).toEqual([...given].sort((a, b) => b - a));
    expect(reasons.join()).not.toContain(key.slice(0, 4));
  });
});

describe('a value between quotes', () => {
  const forms = ['password="?"', 'user: "u", password = new Secret("?")', 'DB_PASSWORD="?"', 'password: "?"'];
  it.each(forms)('of three characters is refuted without a look at the name in %s', (form) => {
    for (const value of ['a1b', '1a!', 'A7z', 'dog', '!?"', '#', 'é1x']) {
      const text = form.replace('?', value);
      const at = text.search(/password/i);
      const name = identifierAround(text, at, at + 8)!;
      const assigned = assignedValue(text, name.start, name.end);
      if (assigned === undefined) continue;
      expect(isTooShort(assigned)).toBe(true);
      expect(judgeAssignment({ text, name, noun: 'password', value: assigned })).toBeUndefined();
    }
  });

  it.each(['"a1b2"', 'a1b'].map((value) => `password=${value}`))('or without them may be one in %s', (text) =>
    expect(isTooShort(assignedValue(text, 0, 8)!)).toBe(false),
  );
});

describe('the table of weights', () => {
  it('holds small integers', () => {
    for (const weight of Object.values(weights)) {
      expect(Number.isInteger(weight)).toBe(true);
      expect(Math.abs(weight)).toBeLessThanOrEqual(40);
    }
  });
});
