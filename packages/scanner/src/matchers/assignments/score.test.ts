import { describe, expect, it } from 'vitest';
import { makeTokens } from '../../testing/tokens.ts';
import { assignedValue } from '../assignment.ts';
import { identifierAround, nounOf, wordsAt } from '../identifier.ts';
import { judgeAssignment } from './score.ts';
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

describe('the table of weights', () => {
  it('holds small integers', () => {
    for (const weight of Object.values(weights)) {
      expect(Number.isInteger(weight)).toBe(true);
      expect(Math.abs(weight)).toBeLessThanOrEqual(40);
    }
  });
});
