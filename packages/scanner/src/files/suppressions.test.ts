import { describe, expect, it } from 'vitest';
import { scan } from '../scan.ts';
import { makeTokens } from '../testing/tokens.ts';
import { applySuppressions } from './suppressions.ts';

const tokens = makeTokens(8);
// Put together, so that this file has no comments of the kind.
const allow = ['memhold', 'allow'].join(':');
const today = '2026-11-21';

function judged(text: string, day: string | undefined = today) {
  return applySuppressions(text, scan(text), day).map(({ finding, suppression }) =>
    suppression === undefined ? finding.ruleId : `(${finding.ruleId}: ${suppression.reason})`,
  );
}

describe('a comment that allows a rule', () => {
  const key = `key = "${tokens.github()}"`;
  const suppressed = ['(github-token: sample of the docs)'];

  it.each([
    ['on the same line', `${key} # ${allow} github-token -- sample of the docs`],
    ['alone on the line before', `  // ${allow} github-token -- sample of the docs\n${key}\n`],
    ['in a block comment', `/* ${allow} github-token -- sample of the docs */\r\n${key}`],
    ['in an XML comment', `<!-- ${allow} github-token -- sample of the docs -->\n${key}`],
    ['with a last day to come', `${key} # ${allow} github-token -- sample of the docs until 2026-11-21`],
    ['with the day in brackets', `${key} # ${allow} github-token -- sample of the docs [until 2027-01-31]`],
    ['beside other rules', `${key} # ${allow} jwt, github-token -- sample of the docs`],
  ])('%s keeps its findings from counting', (_name, text) => {
    expect(judged(text)).toEqual(suppressed);
  });

  it.each([
    ['for another rule', `${key} # ${allow} jwt -- sample of the docs`, ['github-token']],
    ['behind code on the line before', `x = 1 # ${allow} github-token -- sample\n${key}`, ['github-token']],
    ['two lines before', `# ${allow} github-token -- sample\n\n${key}`, ['github-token']],
    ['on the line after', `${key}\n# ${allow} github-token -- sample`, ['github-token']],
    ['without a reason', `${key} # ${allow} github-token`, ['github-token', 'suppression-without-reason']],
    [
      'with dashes for a reason',
      `${key} # ${allow} github-token -- ---`,
      ['github-token', 'suppression-without-reason'],
    ],
    [
      'after its last day',
      `${key} # ${allow} github-token -- sample until 2026-11-20`,
      ['github-token', 'suppression-expired'],
    ],
    [
      'until a day that is none',
      `${key} # ${allow} github-token -- sample until 2026-99-99`,
      ['github-token', 'suppression-expired'],
    ],
    ['without a rule', `${key} # ${allow}`, ['github-token']],
  ])('%s does not count', (_name, text, expected) => {
    expect(judged(text)).toEqual(expected);
  });

  it('does not count where suppressions are off', () => {
    const text = `${key} # ${allow} github-token -- sample`;
    expect(applySuppressions(text, scan(text), undefined).map(({ suppression }) => suppression)).toEqual([
      undefined,
    ]);
  });

  it('leaves another secret of another rule on its line visible', () => {
    const text = `${key}; k = "${tokens.slackBot()}" # ${allow} github-token -- sample`;
    expect(judged(text)).toEqual(['(github-token: sample)', 'slack-token']);
  });

  it('says where a faulty one stands', () => {
    const text = `a\nb # ${allow} jwt`;
    const [fault] = applySuppressions(text, [], today);
    expect(fault!.finding).toMatchObject({ line: 2, column: 5, severity: 'low', category: 'suppression' });
  });

  it('costs linear time, however many there are', () => {
    const text = `# ${allow} jwt -- sample `.repeat(40_000);
    const started = performance.now();
    applySuppressions(text, [], today);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});
