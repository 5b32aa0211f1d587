// A small project with known findings, as the example of a report in the seed's security guide has them: 45 files, 42 of
// them texts, eight findings. The values are made up when it is planted.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeTokens } from '../../packages/scanner/src/testing/tokens.ts';

const tokens = makeTokens(4_500);

/** By severity the path, line and column of each value. */
export const planted = {
  critical: [
    ['src/config/aws.js', 15, 20],
    ['src/deploy/release.js', 3, 17],
  ],
  high: [
    ['src/config/database.js', 4, 16],
    ['src/config/mail.js', 2, 19],
    ['src/session.js', 6, 14],
  ],
  medium: [
    ['src/support.js', 2, 16],
    ['test/payments.test.js', 2, 18],
  ],
  low: [['docs/contact.md', 3, 11]],
} as const;

/** Plants it in a folder, which is made. @returns the values that no report may show */
export function plantRepository(folder: string): string[] {
  const values: string[] = [];
  const write = (path: string, content: string | Buffer) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  /** A line that begins so, with a quoted value at a column. */
  const plant = ([path, line, column]: readonly [string, number, number], before: string, value: string) => {
    values.push(value);
    const lines = Array.from({ length: line - 1 }, (_, i) => `// line ${i + 1}`);
    write(path, `${[...lines, `${before.padEnd(column - 2)}'${value}'`, '// end'].join('\n')}\n`);
  };
  plant(planted.critical[0], '  accessKeyId:', tokens.awsAccessKey());
  plant(planted.critical[1], 'GITHUB_TOKEN =', tokens.github());
  plant(planted.high[0], '  password:', tokens.password());
  plant(planted.high[1], 'const smtpPass =', tokens.password());
  plant(planted.high[2], '  apiToken:', tokens.body(20));
  plant(planted.medium[0], 'const phone =', ['+1 212', 555, `0${tokens.digits(3)}`].join(' '));
  plant(planted.medium[1], 'const testKey =', tokens.stripe('sk_test_'));
  plant(planted.low[0], 'Write to', ['ada', 'analytical.engines.org'].join('@'));
  const texts = 42 - values.length;
  for (let i = 0; i < texts; i++) write(`src/modules/part-${i}.js`, `export const part = ${i};\n`);
  for (const picture of ['logo.png', 'icon.png', 'photo.jpg'])
    write(`assets/${picture}`, Buffer.from([0x89, 0x50, 0, 0, 0, 13, 10, 0]));
  return values;
}
