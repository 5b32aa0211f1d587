import { describe, expect, it } from 'vitest';
import { decide, redact } from '../decide.ts';
import { scan } from '../scan.ts';
import { makeTokens } from '../testing/tokens.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const linesOf = (digits: string, width = 64) => digits.match(new RegExp(`.{1,${width}}`, 'g')) ?? [];

/** What is left of the digits of a blob once its text was redacted; each character knows whether it is one of them. */
function digitsLeft(text: string, lines: readonly string[]): string {
  const { redactions } = decide(scan(text));
  redact(text, { redactions });
  let left = '';
  let from = 0;
  for (const line of lines) {
    const start = text.indexOf(line, from);
    from = start + line.length;
    for (let at = start; at < from; at++) {
      if (!redactions.some((span) => span.start <= at && at < span.end)) left += text[at];
    }
  }
  return left;
}

describe('a private key in base64 is redacted to its last digit', () => {
  const numbered = (lines: readonly string[]) => lines.map((line, i) => `${i + 1} ${line}`).join('\n');
  const between = (joint: string) => (lines: readonly string[]) => lines.join(joint);
  const around = (before: string, after: string) => (lines: readonly string[]) =>
    lines.map((line) => `${before}${line}${after}`).join('\n');
  it.each<[string, (lines: readonly string[]) => string]>([
    ['in lines', between('\n')],
    ['in a quoted mail', around('> ', '')],
    ['in a mail quoted twice', around('>> ', '')],
    ['in a comment of a script', around('# ', '')],
    ['in a comment of a program', around('// ', '')],
    ['in a comment with stars', around(' * ', '')],
    ['in a comment of SQL', around('-- ', '')],
    ['in a list', around('- ', '')],
    ['in a numbered list', numbered],
    ['in lines with numbers and colons', around('17:', '')],
    ['in words', between(' ')],
    ['in lines with blank ones between', between('\n\n')],
    ['in quoted lines with blank ones between', between('\n>\n> ')],
    ['in lines of HTML', around('', '<br>')],
    ['in lines that are continued', between('\\\n')],
    ['in rows of a table', around('| ', ' |')],
    ['in statements', around('text += "', '";')],
    ['in calls', around('lines.push("', '");')],
    ['in a patch', around('+', '')],
    ['in a quoted mail in JSON', between('\\n> ')],
    ['in JSON in JSON', between('\\\\n')],
  ])('%s', (_name, write) => {
    for (let seed = 1; seed <= 12; seed++) {
      const lines = linesOf(base64(makeTokens(seed).pem()));
      expect(lines.length).toBeGreaterThan(2);
      const text = `The key is\n${write(lines)}\nand that is all.\n`;
      // The group of digits that holds the newline after the key and nothing else may stay.
      expect(digitsLeft(text, lines).length, text).toBeLessThanOrEqual(4);
    }
  });

  it.each(['.', ':', ': and more', '*', '&', '|', '?', 'é', '>', ')', '</code>', '…', ' = 1', '(', '.pem'])(
    'before %s',
    (after) => {
      for (let seed = 1; seed <= 12; seed++) {
        const lines = linesOf(base64(`${makeTokens(seed).pem()}as of today.`).replace(/=+$/, ''));
        const left = digitsLeft(`${lines.join('\n')}${after}\n`, lines);
        // What follows the key may stay, with the group that its end shares.
        expect(left.length).toBeLessThanOrEqual(base64('as of today.').length + 4);
      }
    },
  );
});

describe('a list of values of one length', () => {
  const tokens = makeTokens(77);
  const values = Array.from({ length: 4 }, () =>
    base64(`the user of the shop: robot ${tokens.awsAccessKey()}`),
  );
  const ids = (text: string) => scan(text).map(({ ruleId }) => ruleId);
  const four = values.map(() => 'aws-access-key');

  it.each<[string, string]>([
    ['in lines', values.join('\n')],
    ['with marks', `- ${values.join('\n- ')}`],
    ['in words', values.join(' ')],
    ['of strings', `["${values.join('",\n "')}"]`],
    ['in a table', `| ${values.join(' |\n| ')} |`],
    ['with names', values.map((value, i) => `k${i}: ${value}`).join('\n')],
  ])('%s is not taken for one value', (_name, text) => {
    expect(values[0]!.length % 4).toBe(0);
    expect(values[0]).not.toContain('=');
    expect(ids(text)).toEqual(four);
  });

  it.each(['\nend', '\nname = 3', '\n- install it', ' and more', '\n\n## Usage'])(
    'and a value before %j is found',
    (after) => {
      expect(ids(`The blob is\n${values[0]}${after}\n`)).toEqual(['aws-access-key']);
    },
  );
});
