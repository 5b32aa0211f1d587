import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Check, Status } from './check.ts';
import { evaluate } from './evaluate.ts';
import { itemNames } from './items.ts';
import { profileNames } from './profiles.ts';
import { checklistJson, checklistMarkdown, checklistText } from './report.ts';

const about = { time: new Date('2026-11-22T12:00:00Z'), project: 'shop' };
const check = (item: (typeof itemNames)[number], status: Status): Check => ({
  item,
  id: 'one',
  status,
  how: 'looking',
  seen: ['seen'],
});
const all = (status: Status) => itemNames.map((item) => check(item, status));
const exitOf = (checks: Check[], profile: (typeof profileNames)[number]) =>
  evaluate(checks, { ...about, profile }).exitCode;

describe('the checklist', () => {
  it('has the fifteen items of the seed', () => {
    expect(itemNames).toEqual([
      ...['no_hardcoded_secrets', 'environment_variables', 'key_rotation_plan'],
      ...['strong_passwords', 'mfa_enabled', 'session_security'],
      ...['data_at_rest', 'data_in_transit', 'strong_algorithms'],
      ...['no_known_vulnerabilities', 'up_to_date_versions', 'security_patches'],
      ...['secure_defaults', 'principle_of_least_privilege', 'error_handling'],
    ]);
  });

  it('ends with 0 where all passes, 1 where something fails, 2 where something is unknown or nothing was seen', () => {
    expect(exitOf(all('pass'), 'production')).toBe(0);
    expect(exitOf([...all('pass'), check('mfa_enabled', 'fail')], 'development')).toBe(1);
    expect(exitOf([...all('pass'), check('mfa_enabled', 'unknown')], 'development')).toBe(2);
    expect(exitOf([...all('pass'), check('mfa_enabled', 'unknown')], 'staging')).toBe(2);
    expect(exitOf([...all('pass'), check('mfa_enabled', 'unknown')], 'production')).toBe(1);
    expect(exitOf(all('not-applicable'), 'development')).toBe(2);
    expect(exitOf([], 'development')).toBe(2);
    expect(exitOf([...all('pass'), check('mfa_enabled', 'not-applicable')], 'production')).toBe(0);
  });

  it('lets no item pass without a check that passed, nor beside one that did not', () => {
    const status = fc.constantFrom<Status>('pass', 'fail', 'unknown', 'not-applicable');
    const checks = fc.array(fc.tuple(fc.constantFrom(...itemNames), status));
    fc.assert(
      fc.property(checks, fc.constantFrom(...profileNames), (made, profile) => {
        const { items } = evaluate(
          made.map(([item, one]) => check(item, one)),
          { ...about, profile },
        );
        for (const { status: outcome, checks: own } of items) {
          if (outcome !== 'pass') continue;
          expect(own.some((one) => one.status === 'pass')).toBe(true);
          expect(own.every((one) => one.status === 'pass' || one.status === 'not-applicable')).toBe(true);
        }
      }),
    );
  });

  it('shows nothing of a tree or a server as markup, and no secret', () => {
    const key = ['AKIA', 'QWERTYUIOPASDFGH'].join('');
    const seen = [`[x](javascript:1) <img src=x> \u001b[31m \u202e ${key}`];
    const how = `asking memhold ${seen[0]}`;
    const list = evaluate([{ ...check('mfa_enabled', 'fail'), how, seen }], {
      ...about,
      profile: 'production',
    });
    const shown = [checklistText(list, false), checklistMarkdown(list), JSON.stringify(checklistJson(list))];
    for (const text of shown) {
      expect(text).not.toMatch(/\u001b|\u202e/);
      expect(text).not.toContain(key);
    }
    expect(shown[1]).not.toMatch(/[^\\]<img|[^\\]\[x/);
    expect(checklistJson(list)).toMatchObject({
      profile: 'production',
      exit_code: 1,
      summary: { pass: 0, fail: 15, unknown: 0, not_applicable: 0 },
      security_checklist: {
        authentication: [{ name: 'strong_passwords' }, { name: 'mfa_enabled', status: 'fail' }, {}],
      },
    });
  });
});

it('in Markdown no name of a file is a link, an image, a mention or markup', () => {
  const name = '![a](//www.host.test/i.png) <img> @all https://host.test/ www.host.test | `';
  const one = { ...check('no_hardcoded_secrets', 'fail'), seen: [name], advice: name };
  const text = checklistMarkdown(evaluate([one], { ...about, profile: 'development', project: name }));
  expect(text).not.toMatch(/!\[|\]\(|<img|@all|:\/\/|www\.host|\| &#96;/);
});
