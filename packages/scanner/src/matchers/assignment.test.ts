import { describe, expect, it } from 'vitest';
import { makeTokens } from '../testing/tokens.ts';
import { assignedValue, longestAssignment } from './assignment.ts';

const value = makeTokens(41).password();

/** What is assigned to the first `pw` of the text. */
function read(text: string) {
  const start = text.indexOf('pw');
  const assigned = assignedValue(text, start, start + 2);
  return assigned === undefined ? undefined : [text.slice(assigned.start, assigned.end), assigned.operator];
}

describe('the value assigned to a name', () => {
  it.each([
    [`pw = "${value}"`, 'equals'],
    [`pw := '${value}'`, 'equals'],
    [`pw=${value}\n`, 'equals'],
    [`export pw=${value}`, 'equals'],
    [`?pw=${value}&b=1`, 'equals'],
    [`Server=db;pw=${value};Encrypt=yes`, 'equals'],
    [`<add pw="${value}" />`, 'equals'],
    [`pw = """${value}"""`, 'equals'],
    [`pw = b'${value}'`, 'equals'],
    [`pw = []byte("${value}")`, 'equals'],
    [`pw = new Secret("${value}")`, 'equals'],
    [`pw: " ${value} "`, 'colon'],
    [`pw: ${value}`, 'colon'],
    [`{pw: ${value}, other: 1}`, 'colon'],
    [`{\\"pw\\":\\"${value}\\"}`, 'colon'],
    [`const pw: string = "${value}"`, 'colon'],
    [`val pw: String? = "${value}"`, 'colon'],
    [`let pw: &'static str = "${value}"`.replace("&'static ", '&'), 'colon'],
    [`pw: Optional[str] = "${value}"`, 'colon'],
    [`let pw: string | null = "${value}"`, 'colon'],
    [`pw: |\n  ${value}\n`, 'colon'],
    [`pw: >-\n    ${value}\n`, 'colon'],
    [`pw:\n  - ${value}\n`, 'colon'],
    [`:pw => '${value}'`, 'arrow'],
    [`"pw" -> "${value}"`, 'arrow'],
    [`config["pw"] = "${value}"`, 'equals'],
    [`if (pw == "${value}")`, 'compare'],
    [`if (pw !== "${value}")`, 'compare'],
    [`<pw>${value}</pw>`, 'element'],
    [`pw("${value}")`, 'call'],
    [`put("pw", "${value}")`, 'comma'],
    [`- name: pw\n  value: ${value}\n`, 'pair'],
    [`{ "key": "pw", "value": "${value}" }`, 'pair'],
    [`<add key="pw" value="${value}" />`, 'pair'],
    [`variable "pw" {\n  default = "${value}"\n}`, 'pair'],
    [`ENV pw ${value}`, 'word'],
    [`machine host login me pw ${value}`, 'word'],
    [`CREATE ROLE me WITH LOGIN pw '${value}'`, 'word'],
    [`username 'me'\n  pw '${value}'`, 'word'],
    [`The pw is ${value}.`, 'prose'],
    [`The pw for the user "me" is "${value}".`, 'prose'],
  ])('is read from %j', (text, operator) => {
    expect(read(text)).toEqual([value, operator]);
  });

  it('is read from a flag, whose name begins with the dashes', () => {
    const text = `run --pw ${value} now`;
    const assigned = assignedValue(text, 4, 8)!;
    expect([text.slice(assigned.start, assigned.end), assigned.operator]).toEqual([value, 'flag']);
  });

  it.each([
    'pw',
    'pw = ',
    'pw = read()',
    `pw = getenv("${value}")`,
    `pw = config.get("${value}")`,
    `pw = PasswordField("${value}")`,
    'pw = tokens[2]',
    'pw: Array<string>',
    'pw: string...',
    `pw\n${value}`,
    `pw =\n${value}`,
    `pw = "${value}`,
    `pw = "${value}\n"`,
    `pw == ${value}`,
    `pw, ${value}`,
    `pw(${value})`,
    `pw::${value}`,
    `pw =~ ${value}`,
    `the pw ${value}`,
    `{ label: 'pw:', next: '${value}' }`,
  ])('is not seen in %j', (text) => {
    expect(read(text)).toBeUndefined();
  });

  it('lies near its name, however much may stand between them', () => {
    for (const gap of [' ', '\n', ' \n', '\t']) {
      for (let count = 1; count < 400; count += 7) {
        const text = `{"key": "pw",${gap.repeat(count)}"value": "${value}"}`;
        const at = text.indexOf('pw');
        const assigned = assignedValue(text, at, at + 2);
        expect((assigned?.end ?? at) - at - 2).toBeLessThanOrEqual(longestAssignment);
      }
    }
  });
});
